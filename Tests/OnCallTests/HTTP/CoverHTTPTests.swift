import Contracts
import Foundation
import HTTPTypes
import OnCall
import ServiceKit
import TestSupport
import Testing

/// Conflicts that are covered where something else lies on the rotation. In payments Alice is on call until Monday the 9th, then Bob.
@Suite struct CoverHTTPTests {
    private static let path = "/api/v1/oncall/conflicts/cover"

    private static func off(_ user: String, _ starts: String, _ ends: String) -> String {
        #"{"user": "\#(user)", "starts_at": "\#(starts)", "ends_at": "\#(ends)"}"#
    }

    /// The wish to cover the first conflict listed, as a client makes it of the list.
    private static func wish(_ api: OnCallAPI, _ more: String = "") async throws -> String {
        let listed = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments&to=2026-03-16T00:00:00Z", as: .viewer)
        let conflict = try #require(listed.json.array?.first, "\(listed.text)")
        let text = { (key: String) in try #require(conflict[key]?.string) }
        let user = try #require(conflict["user"]?["name"]?.string)
        return try """
        {"team": "payments", "role": "\(text("role"))", "user": "\(user)", "starts_at": "\(text("starts_at"))",
         "ends_at": "\(text("ends_at"))"\(more)}
        """
    }

    @Test func nobodyCoversWhereATemporaryScheduleDecides() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let holidays = """
                {"team": "payments", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z", "shifts": [
                    {"user_name": "Tom", "user_email": "tom@example.org", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z"}]}
                """
            #expect(try await api.send(.post, "/api/v1/oncall/temporary-schedules", holidays).status == 201)
            let off = Self.off("tom@example.org", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let answer = try await api.send(.post, Self.path, try await Self.wish(api))
            #expect(answer.status == 409 && answer.code == "handover_without_effect", "\(answer.text)")
            #expect(try await api.current(at: "2026-03-10T12:00:00Z") == "Tom")
            #expect(try await api.send(.get, "/api/v1/oncall/overrides?planned=true", as: .viewer).json == .array([]))
            #expect(try await api.history("override_set").isEmpty)
        }
    }

    /// An override that was set "now, for two hours" begins and ends between two milliseconds, of which the API writes the one before.
    @Test func shiftThatBeganBetweenMillisecondsIsCovered() async throws {
        try await withOnCall(at: "2026-03-02T12:00:00.123456Z") { api async throws in
            try await api.makePayments()
            let dan = #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org", "duration_hours": 2}"#
            #expect(try await api.send(.post, "/api/v1/oncall/override", dan).status == 200)
            let off = Self.off("Dan", "2026-03-02T12:30:00Z", "2026-03-02T20:00:00Z")
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let covered = try await api.send(.post, Self.path, try await Self.wish(api))
            #expect(covered.status == 201 && covered.json["ends_at"]?.string?.hasPrefix("2026-03-02T14:00:00") == true, "\(covered.text)")
            #expect(try await api.current(at: "2026-03-02T14:00:00.123400Z") != "Dan", "to the end, and not to the millisecond before")
            #expect(try await api.send(.get, "/api/v1/oncall/conflicts?team=payments", as: .viewer).json == .array([]))
        }
    }

    /// Somebody who took a shift is on call by an override, which another one may speak of.
    @Test func shiftThatWasTakenIsCovered() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let dan = """
                {"team": "payments", "user_name": "Dan", "user_email": "dan@example.org", "replaces": "Bob",
                 "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-11T00:00:00Z"}
                """
            #expect(try await api.send(.post, "/api/v1/oncall/override", dan).status == 200)
            let off = Self.off("dan@example.org", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let covered = try await api.send(.post, Self.path, try await Self.wish(api))
            #expect(covered.status == 201, "\(covered.text)")
            #expect(try await api.current(at: "2026-03-10T12:00:00Z") == covered.json["cover"]?["name"]?.string)
            #expect(try await api.current(at: "2026-03-11T12:00:00Z") == "Bob")
        }
    }

    /// The pages of a disabled account go to the fallback.
    @Test func nobodyCoversWhoseAccountIsDisabled() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.disable("alice@example.org")
            #expect(
                try await api.send(.post, "/api/v1/oncall/time-off", Self.off("Bob", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")).status
                    == 201)
            let listed = try await api.send(.get, "/api/v1/oncall/conflicts", as: .viewer)
            #expect(listed.json.array?.count == 1 && listed.json.array?.first?["cover"] == .null, "\(listed.text)")
            #expect(try await api.send(.post, Self.path, try await Self.wish(api)).code == "cover_busy")
            let named = try await api.send(.post, Self.path, try await Self.wish(api, #", "cover": "Alice""#))
            #expect(named.status == 409 && named.code == "cover_disabled", "\(named.text)")
            #expect(try await api.current(at: "2026-03-10T12:00:00Z") == "Bob")
            _ = api.person("Alice")
            api.clock.advance(by: .seconds(60))
            let covered = try await api.send(.post, Self.path, try await Self.wish(api))
            #expect(covered.status == 201 && covered.json["cover"]?["name"]?.string == "Alice", "\(covered.text)")
        }
    }

    @Test func nobodyCoversWhoIsOnCallInAnotherTeam() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let other = #"{"team": "billing", "rotation_type": "weekly", "primary": ["ALICE@example.org"]}"#
            #expect(try await api.send(.post, "/api/v1/schedules", other).status == 201)
            #expect(
                try await api.send(.post, "/api/v1/oncall/time-off", Self.off("Bob", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")).status
                    == 201)
            let listed = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments", as: .viewer)
            #expect(listed.json.array?.count == 1 && listed.json.array?.first?["cover"] == .null, "\(listed.text)")
            #expect(try await api.send(.post, Self.path, try await Self.wish(api, #", "cover": "Alice""#)).code == "cover_busy")
        }
    }

    /// As every override: whoever is away for longer is covered in parts, or leaves the schedule.
    @Test func nobodyCoversForLongerThanAnOverrideLasts() async throws {
        try await withOnCall { api async throws in
            let team = #"{"team": "payments", "rotation_type": "weekly", "primary": ["bob@example.org"]}"#
            #expect(try await api.send(.post, "/api/v1/schedules", team).status == 201)
            let wish = { (ends: String) in
                #"{"team": "payments", "user": "bob@example.org", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "\#(ends)"}"#
            }
            let refused = try await api.send(.post, Self.path, wish("2026-05-02T00:00:00Z"))
            #expect(refused.status == 422 && refused.pointers == ["/ends_at"], "\(refused.text)")
            #expect(refused.text.contains("must be at most 720 hours after the start"))
            #expect(try await api.send(.post, Self.path, wish("2026-04-02T00:00:00Z")).code == "conflict_gone", "30 days")
        }
    }

    @Test func teamWithoutAScheduleSaysSo() async throws {
        try await withOnCall { api async throws in
            #expect(try await api.send(.post, "/api/v1/teams", #"{"team": "empty"}"#).status == 201)
            for (team, code) in [("empty", "no_schedule"), ("nobody", "not_found")] {
                let wish = #"{"team": "\#(team)", "user": "Bob", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-11T00:00:00Z"}"#
                let cover = try await api.send(.post, Self.path, wish)
                #expect(cover.status == 404 && cover.code == code, "\(cover.text)")
                let listed = try await api.send(.get, "/api/v1/oncall/conflicts?team=\(team)", as: .viewer)
                #expect(listed.status == 404 && listed.code == code, "\(listed.text)")
                let taken = try await api.send(.post, "/api/v1/oncall/take", #"{"team": "\#(team)"}"#, by: api.person("Dan"))
                #expect(taken.status == 404 && taken.code == code, "\(taken.text)")
            }
        }
    }

    @Test func repeatedCoverIsAnsweredAgain() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let off = Self.off("Bob", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let wish = try await Self.wish(api)
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let first = try await api.send(.post, Self.path, wish, headers: key)
            api.clock.set(try instant("2026-03-13T00:00:00Z"))
            let again = try await api.send(.post, Self.path, wish, headers: key)
            #expect(first.status == 201 && again.status == 201 && again.text == first.text, "\(again.text)")
            #expect(again.headers[.idempotencyReplayed] == "true")
            #expect(try await api.history("override_set").count == 1)
            #expect(try await api.send(.post, Self.path, wish, headers: [.idempotencyKey: "k-2"]).code == "conflict_gone")
        }
    }

    /// A part of a conflict, beside a shift of the cover that ends as the part begins.
    @Test func partOfAConflictIsCovered() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let dan = """
                {"team": "payments", "user_name": "Alice", "user_email": "alice@example.org", "role": "secondary", "replaces": "Carol",
                 "starts_at": "2026-03-09T12:00:00Z", "ends_at": "2026-03-11T00:00:00Z"}
                """
            #expect(try await api.send(.post, "/api/v1/oncall/override", dan).status == 200)
            let off = Self.off("Bob", "2026-03-10T00:00:00Z", "2026-03-13T00:00:00Z")
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let part = #"{"team": "payments", "user": "Bob", "starts_at": "2026-03-11T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z"}"#
            let covered = try await api.send(.post, Self.path, part)
            #expect(covered.status == 201 && covered.json["cover"]?["name"]?.string == "Alice", "\(covered.text)")
            #expect(
                try await api.primaries(at: "2026-03-10T23:59:59Z", "2026-03-11T12:00:00Z", "2026-03-12T00:00:00Z") == [
                    "Bob", "Alice", "Bob",
                ])
            let listed = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments", as: .viewer)
            #expect(listed.json.array?.count == 2, "\(listed.text)")
        }
    }
}
