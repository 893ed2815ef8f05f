import Contracts
import Foundation
import HTTPTypes
import OnCall
import ServiceKit
import TestSupport
import Testing

/// Overrides of four kinds and temporary schedules, planned ahead or at once.
@Suite struct PlannedHTTPTests {
    private static func override(_ more: String, _ name: String = "Dan") -> String {
        #"{"team": "payments", "user_name": "\#(name)", "user_email": "\#(name.lowercased())@example.org", \#(more)}"#
    }

    @Test func overridesArePlannedAheadAndTakenBack() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let add = try await api.send(
                .post, "/api/v1/oncall/override",
                Self.override(#""kind": "add", "starts_at": "2026-03-04T08:00:00Z", "ends_at": "2026-03-04T10:00:00Z""#))
            #expect(add.status == 200 && add.json["kind"]?.string == "add" && add.json["duration_hours"]?.integer == 2, "\(add.text)")
            let second = try await api.send(
                .post, "/api/v1/oncall/override",
                Self.override(#""kind": "replace", "role": "secondary", "replaces": "Carol", "starts_at": "2026-03-04T08:00:00Z""#, "Erin"))
            #expect(second.status == 200)
            #expect(try await api.current() == "Alice")
            let then = try await api.send(.get, "/api/v1/oncall/current?team=payments&at=2026-03-04T09:00:00Z", as: .viewer)
            #expect(then.json["on_call"]?.array?.map { $0["name"]?.string } == ["Alice", "Dan", "Erin"])
            #expect(then.json["on_call"]?.array?[1]["override_id"] == add.json["override_id"])
            #expect(try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer).json == .array([]))
            #expect(try await api.send(.get, "/api/v1/oncall/overrides?planned=true&team=payments", as: .viewer).json.array?.count == 2)
            let id = try #require(add.json["override_id"]?.string)
            #expect(try await api.send(.delete, "/api/v1/oncall/overrides/\(id)").status == 200)
            #expect(try await api.send(.delete, "/api/v1/oncall/overrides/\(id)").code == "no_override")
            let after = try await api.send(.get, "/api/v1/oncall/current?team=payments&at=2026-03-04T09:00:00Z", as: .viewer)
            #expect(after.json["on_call"]?.array?.map { $0["name"]?.string } == ["Alice", "Erin"])
        }
    }

    /// Scenario E6, the last part.
    @Test func twoOverridesOfOnePersonAtOneTimeConflict() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let span = #""starts_at": "2026-03-04T08:00:00Z", "ends_at": "2026-03-04T10:00:00Z""#
            #expect(try await api.send(.post, "/api/v1/oncall/override", Self.override(#""kind": "add", \#(span)"#)).status == 200)
            let again = try await api.send(.post, "/api/v1/oncall/override", Self.override(#""kind": "remove", \#(span)"#))
            #expect(again.status == 409 && again.code == "override_conflict")
        }
    }

    @Test(arguments: [
        (#""kind": "replace""#, ["/replaces"]), (#""kind": "add", "replaces": "Alice""#, ["/replaces"]),
        (#""ends_at": "2026-03-02T12:00:00Z""#, ["/ends_at"]),
        (#""duration_hours": 2, "ends_at": "2026-03-03T12:00:00Z""#, ["/duration_hours"]),
        (#""starts_at": "2027-06-01T00:00:00Z""#, ["/starts_at"]), (#""ends_at": "2026-05-01T12:00:00Z""#, ["/ends_at"]),
    ])
    func overridesThatCannotBeAreRefused(_ more: String, _ pointers: [String]) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.post, "/api/v1/oncall/override", Self.override(more))
            #expect(answer.status == 422 && answer.pointers == pointers, "\(answer.text)")
        }
    }

    @Test func aTemporaryScheduleIsMadeListedAndEnded() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let body = """
                {"team": "payments", "reason": "holidays", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-05T00:00:00Z", "shifts": [
                    {"user_name": "Tom", "user_email": "tom@example.org", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z"}]}
                """
            let made = try await api.send(.post, "/api/v1/oncall/temporary-schedules", body)
            #expect(made.status == 201, "\(made.text)")
            #expect(try await api.current(at: "2026-03-03T12:00:00Z") == "Tom")
            #expect(try await api.current(.secondary, at: "2026-03-03T12:00:00Z") == nil)
            #expect(try await api.current(at: "2026-03-04T12:00:00Z") == nil)
            #expect(try await api.current(at: "2026-03-05T00:00:00Z") == "Alice")
            let clash = try await api.send(.post, "/api/v1/oncall/temporary-schedules", body)
            #expect(clash.status == 409 && clash.code == "temporary_schedule_conflict")
            #expect(try await api.send(.get, "/api/v1/oncall/temporary-schedules?team=payments", as: .viewer).json == .array([made.json]))
            api.clock.set(try instant("2026-03-03T06:00:00Z"))
            #expect(try await api.current() == "Tom")
            let id = try #require(made.json["temporary_schedule_id"]?.string)
            #expect(try await api.send(.delete, "/api/v1/oncall/temporary-schedules/\(id)").status == 200)
            #expect(try await api.current() == "Alice")
            #expect(try await api.current(at: "2026-03-03T05:00:00Z") == "Tom", "what was stays")
            #expect(try await api.send(.delete, "/api/v1/oncall/temporary-schedules/\(id)").status == 404)
        }
    }

    @Test(arguments: [
        ("/api/v1/schedules", #"{"team": "billing", "primary": ["zoe"]}"#, #"{"team": "billing", "primary": ["yan"]}"#, 201),
        ("/api/v1/teams", #"{"team": "billing"}"#, #"{"team": "other"}"#, 201),
        ("/api/v1/oncall/override", Self.override(#""duration_hours": 2"#), Self.override(#""duration_hours": 3"#), 200),
        (
            "/api/v1/oncall/temporary-schedules",
            #"{"team": "payments", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z"}"#,
            #"{"team": "payments", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-05T00:00:00Z"}"#, 201
        ),
        (
            "/api/v1/escalate", #"{"team": "payments", "incident_id": "7"}"#, #"{"team": "payments", "incident_id": "8"}"#, 200
        ),
    ])
    func aRepeatedRequestIsAnsweredAndNotDoneAgain(_ path: String, _ body: String, _ other: String, _ status: Int) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let key: HTTPFields = [.idempotencyKey: "\"k-1\""]
            let first = try await api.send(.post, path, body, headers: key)
            #expect(first.status == status, "\(first.text)")
            let events = try await api.send(.get, "/api/v1/oncall/history", as: .viewer).json
            api.clock.advance(by: .seconds(60))
            let second = try await api.send(.post, path, body, headers: key)
            #expect(second.status == status && second.json == first.json && second.headers[.idempotencyReplayed] == "true")
            #expect(try await api.send(.get, "/api/v1/oncall/history", as: .viewer).json == events)
            let reused = try await api.send(.post, path, other, headers: key)
            #expect(reused.status == 422 && reused.code == "idempotency_key_reused", "\(reused.text)")
            let bad = try await api.send(.post, path, body, headers: [.idempotencyKey: "\"\""])
            #expect(bad.status == 400 && bad.code == "bad_idempotency_key")
        }
    }
}
