import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

@Suite struct EscalationHTTPTests {
    @Test func aPersonEscalatesToTheSecondLine() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(
                .post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "INC-7", "reason": "no answer", "severity": "high"}"#
            )
            #expect(answer.status == 200 && answer.json["status"]?.string == "escalated")
            #expect(answer.json["team"]?.string == "payments" && answer.json["incident_id"]?.string == "INC-7")
            #expect(answer.json["escalated_to"]?["name"]?.string == "Carol")
            #expect(answer.json["escalated_to"]?["email"]?.string == "carol@example.org")
            #expect(answer.json["timestamp"]?.string == "2026-03-02T12:00:00Z" && answer.json["message"]?.string?.contains("Carol") == true)
            api.clock.advance(by: .seconds(1))
            let primary = try await api.send(.post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "INC-7", "role": "primary"}"#)
            #expect(primary.json["escalated_to"]?["name"]?.string == "Alice")
            let listed = try await api.send(.get, "/api/v1/escalations?team=payments&limit=1", as: .viewer)
            #expect(listed.json.array?.map { $0["escalation_id"] } == [primary.json["escalation_id"]])
        }
    }

    @Test func whoeverWasFoundIsPagedByIncidentManagementOrTheAnswerSaysWhyNot() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let body = #"{"team": "payments", "incident_id": "7", "reason": "no answer"}"#
            let paged = try await api.send(.post, "/api/v1/escalate", body)
            #expect(paged.json["paged"]?.bool == true)
            #expect(api.incidents.orders.map(\.recipients.first?.name) == ["Carol"])
            #expect(api.incidents.orders.map(\.incident) == ["7"])
            #expect(api.incidents.orders.first?.escalationID.description == paged.json["escalation_id"]?.string)
            api.clock.advance(by: .seconds(1))
            api.incidents.answerOrders(.notOpen)
            let late = try await api.send(.post, "/api/v1/escalate", body)
            #expect(late.status == 200 && late.json["paged"]?.bool == false)
            #expect(late.json["message"]?.string?.contains("not open") == true)
            api.clock.advance(by: .seconds(1))
            api.incidents.reachable(false)
            let unanswered = try await api.send(.post, "/api/v1/escalate", body)
            #expect(unanswered.status == 200 && unanswered.json["paged"]?.bool == false)
            #expect(unanswered.json["escalated_to"]?["name"]?.string == "Carol")
            #expect(unanswered.json["message"]?.string?.contains("telephone") == true)
        }
    }

    @Test func withoutSecondLineTheFirstIsAskedAgain() async throws {
        try await withOnCall { api async throws in
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["alice"]}"#)
            let answer = try await api.send(.post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "7"}"#)
            #expect(answer.json["escalated_to"]?["name"]?.string == "alice")
        }
    }

    @Test func aTeamNobodyKnowsIsAnsweredWithNobody() async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(.post, "/api/v1/escalate", #"{"team": "nobody", "incident_id": "7"}"#)
            #expect(answer.status == 200 && answer.text.contains(#""escalated_to":null"#))
            #expect(try await api.send(.get, "/api/v1/escalations?team=nobody", as: .viewer).json.array?.count == 1)
        }
    }

    @Test(arguments: [
        #"{"team": "", "incident_id": "7"}"#, #"{"team": "payments", "incident_id": " "}"#, #"{"team": "payments"}"#,
        #"{"incident_id": "7"}"#,
    ])
    func emptyTextsAreRefused(_ body: String) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(.post, "/api/v1/escalate", body)
            #expect(answer.status == 422 && answer.code == "invalid_fields")
        }
    }

    @Test func teamsHistoryAndFiguresAreTold() async throws {
        try await withOnCall { api async throws in
            let made = try await api.send(.post, "/api/v1/teams", #"{"team": "search"}"#)
            #expect(made.status == 201)
            let again = try await api.send(.post, "/api/v1/teams", #"{"team": "search"}"#)
            #expect(again.status == 409 && again.code == "team_exists")
            api.clock.advance(by: .seconds(1))
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "7"}"#)
            let teams = try await api.send(.get, "/api/v1/teams", as: .viewer).json.array ?? []
            #expect(teams.map { $0["team"]?.string } == ["payments", "search"])
            #expect(teams.map { $0["members_count"]?.integer } == [3, 0])
            #expect(teams.map { $0["rotation_type"]?.string } == ["weekly", nil])
            let history = try await api.send(.get, "/api/v1/oncall/history", as: .viewer).json.array ?? []
            #expect(history.map { $0["event_type"]?.string } == ["schedule_created", "team_created"])
            #expect(history.first?["details"]?["primary"]?.string == "Alice, Bob" && history.first?["actor"]?.string == "token:responder")
            #expect(try await api.send(.get, "/api/v1/oncall/history?team=search&limit=1", as: .viewer).json.array?.count == 1)
            let figures = try await api.send(.get, "/api/v1/oncall/stats", as: .viewer).json
            #expect(figures["teams"]?.integer == 2 && figures["schedules"]?.integer == 1 && figures["escalations"]?.integer == 1)
        }
    }
}
