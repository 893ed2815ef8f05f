import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct EscalationStoryTests {
        @Test func nobodyAcknowledgesSoTheSecondaryIsPagedAfterFiveMinutesAndTheAdminsAfterFifteen() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let accepted = try await tocsin.alert("checkout", team: "payments")
                let id = try #require(accepted["incident_id"]?.string)
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org"])

                try await tocsin.advance(minutes: 4)
                #expect(try tocsin.mailed() == ["alice@example.org"])
                try await tocsin.advance(minutes: 1)
                #expect(try tocsin.mailed() == ["alice@example.org", "bob@example.org"])
                try await tocsin.advance(minutes: 9)
                #expect(try tocsin.mailed().count == 2)
                try await tocsin.advance(minutes: 1)
                #expect(try tocsin.mailed() == ["alice@example.org", "bob@example.org", TocsinSystem.admin])

                // The round begins again 15 minutes later.
                try await tocsin.advance(minutes: 15)
                #expect(try tocsin.mailed().count == 4)
                #expect(try await tocsin.incident(id)["notification_status"]?.string == "sent")
                #expect(try await tocsin.timeline(id).filter { $0 == "escalation_repeated" }.count == 1)
            }
        }

        @Test func acknowledgeSilencesTheEscalation() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let accepted = try await tocsin.alert("checkout", team: "payments")
                let id = try #require(accepted["incident_id"]?.string)
                try await tocsin.settle()
                try await tocsin.advance(minutes: 4)
                #expect(try await tocsin.act("acknowledge", on: id).status == 200)
                for _ in 0..<12 { try await tocsin.advance(minutes: 5) }
                #expect(try tocsin.mailed() == ["alice@example.org"])
                let kinds = try await tocsin.timeline(id)
                #expect(kinds == ["trigger", "escalate", "notify", "notify_sent", "acknowledge"])
            }
        }

        @Test func acknowledgeBeforeTheWorkersMoveMeansNoMailAtAll() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let declared = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/incidents", bearer: tocsin.token,
                    body: #"{"title":"Checkout is slow","severity":"high","service":"checkout","team":"payments"}"#
                )
                #expect(declared.status == 201, "\(declared.body)")
                let id = try #require(try declared.json["id"]?.string)
                #expect(try await tocsin.act("acknowledge", on: id).status == 200)
                try await tocsin.advance(minutes: 60)
                #expect(try tocsin.mailed().isEmpty)
            }
        }

        @Test func serviceNobodyKnowsStillMakesAnIncidentAndReachesTheAdmins() async throws {
            try await TocsinSystem.run { tocsin in
                let accepted = try await tocsin.alert("nobody-knows-it")
                let id = try #require(accepted["incident_id"]?.string)
                try await tocsin.settle()
                #expect(try tocsin.mailed() == [TocsinSystem.admin])
                #expect(try await tocsin.timeline(id).prefix(3) == ["trigger", "level_skipped", "level_skipped"])
            }
        }

        @Test func stormOnOneServiceIsOneIncidentAndOnePage() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            try await tocsin.alert("checkout", message: "host \(number % 7) is down", team: "payments")["incident_id"]?
                                .string
                        }
                    }
                    return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
                }
                #expect(ids.count == 1)
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org"])
                let id = try #require(ids.first ?? nil)
                // Alerts that join are merged for a second, repeats for five minutes at most.
                try await tocsin.advance(minutes: 6)
                #expect(try await tocsin.incident(id)["alert_count"]?.integer == 100)
            }
        }
    }
}
