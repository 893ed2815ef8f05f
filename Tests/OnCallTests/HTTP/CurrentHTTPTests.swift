import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

@Suite struct CurrentHTTPTests {
    @Test func currentNamesBothRolesAndWhy() async throws {
        try await withOnCall { api async throws in
            let made = try await api.makePayments()
            let answer = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            #expect(answer.status == 200)
            #expect(answer.json["team"]?.string == "payments" && answer.json["schedule_id"] == made.json["schedule_id"])
            #expect(answer.json["rotation_type"]?.string == "weekly" && answer.json["schedule_version"]?.integer == 1)
            #expect(answer.json["primary"]?["name"]?.string == "Alice" && answer.json["primary"]?["email"]?.string == "alice@example.org")
            #expect(answer.json["primary"]?["reason"]?.string == "rotation" && answer.json["primary"]?["override"] == nil)
            #expect(answer.json["primary"]?["until"]?.string == "2026-03-09T09:00:00Z")
            #expect(answer.json["secondary"]?["name"]?.string == "Carol")
        }
    }

    @Test func aRoleNobodyHasIsNull() async throws {
        try await withOnCall { api async throws in
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["alice"]}"#)
            let answer = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            #expect(answer.text.contains(#""secondary":null"#))
        }
    }

    @Test(arguments: [
        ("2026-03-09T08:59:59Z", "Alice"), ("2026-03-09T09:00:00Z", "Bob"), ("2026-03-09T10:00:00%2B01:00", "Bob"),
        ("2026-03-09T10:00:00+01:00", "Bob"), ("2026-03-16T09:00:00Z", "Alice"), ("2026-03-02T08:59:59Z", nil),
    ])
    func anyInstantCanBeAskedFor(_ instant: String, _ name: String?) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            #expect(try await api.current(at: instant) == name)
        }
    }

    @Test func timePassesByTheClockOfTheDaemon() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            #expect(try await api.current() == "Alice")
            api.clock.set(try instant("2026-03-09T09:00:00Z"))
            #expect(try await api.current() == "Bob")
        }
    }

    @Test(arguments: [
        ("/api/v1/oncall/current", 422, "invalid_fields"), ("/api/v1/oncall/current?team=", 422, "invalid_fields"),
        ("/api/v1/oncall/current?team=nobody", 404, "not_found"),
        ("/api/v1/oncall/current?team=payments&at=tomorrow", 422, "invalid_fields"),
        ("/api/v1/oncall/current?team=payments&at=0001-01-01T00:00:00Z", 422, "invalid_fields"),
        ("/api/v1/oncall/current?team=payments&at=9999-12-31T23:59:59Z", 422, "invalid_fields"),
        ("/api/v1/oncall/current?team=payments&team=x", 400, "repeated_parameter"),
        ("/api/v1/oncall/timeline?team=payments&from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 422, "invalid_fields"),
        ("/api/v1/oncall/timeline?team=payments&from=2026-03-02T00:00:00Z&to=2027-03-04T00:00:00Z", 422, "invalid_fields"),
        ("/api/v1/oncall/timeline?team=nobody", 404, "not_found"),
    ])
    func questionsThatCannotBeAnsweredAreRefused(_ path: String, _ status: Int, _ code: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.get, path, as: .viewer)
            #expect(answer.status == status && answer.code == code, "\(answer.text)")
        }
    }

    @Test func timelineShowsShiftsAndOverrides() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(
                .post, "/api/v1/oncall/override",
                #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org", "duration_hours": 24}"#
            )
            let answer = try await api.send(.get, "/api/v1/oncall/timeline?team=payments&to=2026-03-10T00:00:00Z", as: .viewer)
            let shifts = (answer.json["shifts"]?.array ?? []).filter { $0["role"]?.string == "primary" }
            #expect(shifts.map { $0["name"]?.string } == ["Dan", "Alice", "Bob"])
            #expect(shifts.map { $0["start"]?.string } == ["2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z", "2026-03-09T09:00:00Z"])
            #expect(shifts.map { $0["end"]?.string } == ["2026-03-03T12:00:00Z", "2026-03-09T09:00:00Z", "2026-03-10T00:00:00Z"])
        }
    }
}
