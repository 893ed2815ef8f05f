import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

@Suite struct OverrideHTTPTests {
    private static func body(_ more: String = "") -> String {
        #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org"\#(more)}"#
    }

    @Test func anOverrideHoldsUntilItEnds() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let set = try await api.send(.post, "/api/v1/oncall/override", Self.body(#", "reason": "dentist", "duration_hours": 2"#))
            #expect(set.status == 200 && set.json["status"]?.string == "override_set" && set.json["duration_hours"]?.integer == 2)
            #expect(set.json["expires_at"]?.string == "2026-03-02T14:00:00Z")
            let current = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            #expect(current.json["primary"]?["name"]?.string == "Dan" && current.json["primary"]?["override"]?.bool == true)
            #expect(
                current.json["primary"]?["expires_at"]?.string == "2026-03-02T14:00:00Z" && current.json["schedule_version"]?.integer == 2)
            let listed = try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer)
            #expect(listed.json.array?.map { $0["user_name"]?.string } == ["Dan"])
            #expect(try await api.send(.get, "/api/v1/teams", as: .viewer).json.array?.first?["has_override"]?.bool == true)
            api.clock.set(try instant("2026-03-02T14:00:00Z"))
            #expect(try await api.current() == "Alice")
            #expect(try await api.current(at: "2026-03-02T13:59:59Z") == "Dan")
            #expect(try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer).json == .array([]))
        }
    }

    @Test func aRemovedOverrideGivesTheTurnBackAndStaysHistory() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body())
            api.clock.advance(by: .seconds(3600))
            let removed = try await api.send(.delete, "/api/v1/oncall/override/payments")
            #expect(removed.status == 200 && removed.json["status"]?.string == "override_removed")
            #expect(try await api.current() == "Alice")
            #expect(try await api.current(at: "2026-03-02T12:30:00Z") == "Dan")
            let again = try await api.send(.delete, "/api/v1/oncall/override/payments")
            #expect(again.status == 404 && again.code == "no_override")
            #expect(try await api.send(.delete, "/api/v1/oncall/override/nobody").code == "not_found")
        }
    }

    @Test func theOverrideSetLastTakesThePlaceOfTheOneBefore() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body())
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body().replacing("Dan", with: "Eve"))
            #expect(try await api.current() == "Eve")
            #expect(try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer).json.array?.count == 1)
            _ = try await api.send(.delete, "/api/v1/oncall/override/payments")
            #expect(try await api.current() == "Alice")
        }
    }

    @Test func overrideOfOneRoleLeavesTheOtherRolesAlone() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body())
            let second = Self.body(#", "role": "secondary""#).replacing("Dan", with: "Eve").replacing("dan@", with: "eve@")
            #expect(try await api.send(.post, "/api/v1/oncall/override", second).status == 200)
            #expect(try await api.current() == "Dan")
            #expect(try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer).json.array?.count == 2)
        }
    }

    /// As an accepted shift request is one: somebody stands in for two hours, and then it counts again.
    @Test func swapLiesBeneathWhoeverStandsInForAWhile() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let swap = Self.body(#", "kind": "replace", "replaces": "alice@example.org", "duration_hours": 48"#)
            #expect(try await api.send(.post, "/api/v1/oncall/override", swap).status == 200)
            #expect(try await api.current() == "Dan")
            let standIn = Self.body(#", "duration_hours": 2"#).replacing("Dan", with: "Eve").replacing("dan@", with: "eve@")
            #expect(try await api.send(.post, "/api/v1/oncall/override", standIn).status == 200)
            #expect(try await api.current() == "Eve")
            api.clock.advance(by: .seconds(2 * 3600))
            #expect(try await api.current() == "Dan")
        }
    }

    @Test func overrideWithAnEndIsPlannedAndLiesBesideOthers() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body())
            let planned = Self.body(#", "ends_at": "2026-03-02T13:00:00Z""#).replacing("Dan", with: "Eve").replacing("dan@", with: "eve@")
            #expect(try await api.send(.post, "/api/v1/oncall/override", planned).status == 200)
            #expect(try await api.send(.get, "/api/v1/oncall/overrides", as: .viewer).json.array?.count == 2)
            #expect(try await api.current() == "Eve")
            api.clock.set(try instant("2026-03-02T13:00:00Z"))
            #expect(try await api.current() == "Dan")
        }
    }

    @Test func onlyTheReplacedPersonIsReplaced() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/oncall/override", Self.body(#", "replaces": "bob@example.org", "duration_hours": 336"#))
            #expect(try await api.current() == "Alice")
            #expect(try await api.current(at: "2026-03-10T00:00:00Z") == "Dan")
        }
    }

    @Test(arguments: [
        (Self.body(#", "duration_hours": 999"#), 422, "invalid_fields"), (Self.body(#", "duration_hours": 0"#), 422, "invalid_fields"),
        (Self.body(#", "hours": 2"#), 422, "invalid_fields"), (#"{"team": "payments"}"#, 422, "invalid_fields"),
        (Self.body().replacing("dan@example.org", with: "dan"), 422, "invalid_fields"),
        (Self.body().replacing("payments", with: "nobody"), 404, "not_found"),
    ])
    func whatCannotBeAnOverrideIsRefused(_ body: String, _ status: Int, _ code: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.post, "/api/v1/oncall/override", body)
            #expect(answer.status == status && answer.code == code, "\(answer.text)")
            #expect(try await api.current() == "Alice")
        }
    }
}
