import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct ManualEscalationStoryTests {
        @Test func personWhoDoesNotKnowTheSystemWakesTheNextLevelOnce() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let id = try #require(try await tocsin.alert("checkout", team: "payments")["incident_id"]?.string)
                try await tocsin.settle()
                let path = "/api/v1/incidents/\(id)"
                let seen = try await tocsin.send("GET", .incidentManagement, path + "/escalation", bearer: tocsin.token).json
                let firing = try #require(seen["firing_id"]?.string)
                tocsin.clock.advance(by: .seconds(60))
                let body = #"{"firing_id":"\#(firing)","note":"I do not know it"}"#
                let first = try await tocsin.send("POST", .incidentManagement, path + "/escalate", bearer: tocsin.token, body: body)
                #expect(first.status == 200, "\(first.body)")
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org", "bob@example.org"])
                let second = try await tocsin.send("POST", .incidentManagement, path + "/escalate", bearer: tocsin.token, body: body)
                #expect(second.status == 409)
                #expect(try second.json["code"]?.string == "already_escalated")
                let trigger = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/escalation/trigger/\(id)", bearer: tocsin.token)
                #expect(trigger.status == 200)
                try await tocsin.settle()
                #expect(try tocsin.mailed().last == TocsinSystem.admin)
                #expect(try await tocsin.act("acknowledge", on: id).status == 200)
                let late = try await tocsin.send("POST", .incidentManagement, path + "/escalate", bearer: tocsin.token)
                #expect(late.status == 409)
                #expect(try late.json["code"]?.string == "illegal_transition")
            }
        }

        @Test func onCallsEscalatePagesWhomItNames() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                try await tocsin.schedule("core", primary: "erin", secondary: "frank")
                let id = try #require(try await tocsin.alert("checkout", team: "payments")["incident_id"]?.string)
                try await tocsin.settle()
                let number = try #require(try await tocsin.incident(id)["number"]?.integer)
                func escalate(_ incident: String) async throws -> JSONValue {
                    try await tocsin.send(
                        "POST", .onCall, "/api/v1/escalate", bearer: tocsin.token,
                        body: #"{"team":"core","incident_id":"\#(incident)","reason":"no answer"}"#
                    ).json
                }
                let answer = try await escalate(String(number))
                #expect(answer["paged"]?.bool == true && answer["escalated_to"]?["name"]?.string == "frank", "\(answer.serialized)")
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org", "frank@example.org"])
                tocsin.clock.advance(by: .seconds(1))
                #expect(try await escalate(id)["paged"]?.bool == true)
                let unknown = try await escalate("INC-7")
                #expect(unknown["paged"]?.bool == false && unknown["status"]?.string == "escalated")
                // The incident's own path is as it was: the second level five minutes after the first.
                try await tocsin.advance(minutes: 5)
                #expect(try tocsin.mailed().contains("bob@example.org"))
                #expect(try await tocsin.act("acknowledge", on: id).status == 200)
                let late = try await escalate(id)
                #expect(late["paged"]?.bool == false)
                #expect(late["message"]?.string?.contains("not open") == true)
            }
        }
    }
}
