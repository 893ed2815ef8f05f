import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Time off, calendars and conflicts through the API. In payments Alice is on call until Monday the 9th, then Bob.
@Suite struct TimeOffHTTPTests {
    private static let bobIsOff = """
        {"user": "Bob@Example.org", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z", "reason": "wedding"}
        """

    @Test func conflictIsListedCoveredAndGone() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            #expect(try await api.send(.get, "/api/v1/oncall/conflicts?team=payments", as: .viewer).json == .array([]))
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", Self.bobIsOff).status == 201)
            let conflicts = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments&to=2026-03-16T00:00:00Z", as: .viewer)
            let conflict = try #require(conflicts.json.array?.first, "\(conflicts.text)")
            #expect(conflicts.json.array?.count == 1)
            #expect(conflict["user"]?["name"]?.string == "Bob" && conflict["kind"]?.string == "time_off")
            #expect(conflict["starts_at"]?.string == "2026-03-10T00:00:00.000Z" || conflict["starts_at"]?.string == "2026-03-10T00:00:00Z")
            #expect(conflict["cover"]?["email"]?.string == "alice@example.org")
            let wish = """
                {"team": "payments", "user": "bob@example.org", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z",
                 "cover": "alice@example.org"}
                """
            let covered = try await api.send(.post, "/api/v1/oncall/conflicts/cover", wish)
            #expect(covered.status == 201 && covered.json["cover"]?["name"]?.string == "Alice", "\(covered.text)")
            #expect(try await api.send(.post, "/api/v1/oncall/conflicts/cover", wish).code == "conflict_gone")
            #expect(try await api.send(.get, "/api/v1/oncall/conflicts", as: .viewer).json == .array([]))
            #expect(try await api.current(at: "2026-03-10T12:00:00Z") == "Alice")
            #expect(try await api.current(at: "2026-03-12T12:00:00Z") == "Bob")
        }
    }

    @Test func coverMustBeFree() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", Self.bobIsOff).status == 201)
            for cover in ["carol@example.org", "bob@example.org", "stranger@example.org"] {
                let answer = try await api.send(
                    .post, "/api/v1/oncall/conflicts/cover",
                    """
                    {"team": "payments", "user": "Bob", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z", "cover": "\(cover)"}
                    """)
                #expect(answer.status == 409 && answer.code == "cover_busy", "\(cover): \(answer.text)")
            }
        }
    }

    @Test func timeOffIsEnteredByDaysAndTakenBack() async throws {
        try await withOnCall { api async throws in
            let made = try await api.send(
                .post, "/api/v1/oncall/time-off",
                #"{"user": "Bob", "first_day": "2026-03-28", "last_day": "2026-03-29", "time_zone": "Europe/Berlin"}"#)
            #expect(made.status == 201, "\(made.text)")
            let starts = made.json["starts_at"]?.string.flatMap { Date(rfc3339: $0) }
            let ends = made.json["ends_at"]?.string.flatMap { Date(rfc3339: $0) }
            #expect(try starts == instant("2026-03-27T23:00:00Z"))
            #expect(try ends == instant("2026-03-29T22:00:00Z"))
            let id = try #require(made.json["time_off_id"]?.string)
            #expect(try await api.send(.get, "/api/v1/oncall/time-off?user=Bob", as: .viewer).json.array?.count == 1)
            #expect(try await api.send(.delete, "/api/v1/oncall/time-off/\(id)").status == 204)
            #expect(try await api.send(.delete, "/api/v1/oncall/time-off/\(id)").status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/time-off", as: .viewer).json == .array([]))
        }
    }

    @Test(arguments: [
        (#"{"user": "Bob"}"#, ["/starts_at", "/ends_at"]), (#"{"first_day": "2026-02-30"}"#, ["/user", "/first_day"]),
        (#"{"user": "Bob", "first_day": "2026-03-05", "last_day": "2026-03-04"}"#, ["/last_day"]),
        (#"{"user": "Bob", "starts_at": "2026-03-05T00:00:00Z", "ends_at": "2026-03-05T00:00:00Z"}"#, ["/ends_at"]),
        (#"{"user": "Bob", "starts_at": "2026-02-05T00:00:00Z", "ends_at": "2026-02-06T00:00:00Z"}"#, ["/ends_at"]),
        (#"{"user": "Bob", "starts_at": "2026-03-05T00:00:00Z", "ends_at": "2036-02-06T00:00:00Z"}"#, ["/ends_at"]),
        (#"{"user": "Bob", "first_day": "2026-03-05", "time_zone": "EST"}"#, ["/time_zone"]),
    ])
    func timeOffThatCannotBeIsRefused(_ body: String, _ pointers: [String]) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(.post, "/api/v1/oncall/time-off", body)
            #expect(answer.status == 422)
            #expect(answer.pointers == pointers, "\(answer.text)")
        }
    }

    static let calendar = """
        BEGIN:VCALENDAR\r
        BEGIN:VEVENT\r
        UID:1\r
        SUMMARY:Away with Carol\r
        DTSTART;VALUE=DATE:20260311\r
        DTEND;VALUE=DATE:20260313\r
        END:VEVENT\r
        BEGIN:VEVENT\r
        UID:2\r
        DTSTART;VALUE=DATE:20260312\r
        TRANSP:TRANSPARENT\r
        END:VEVENT\r
        BEGIN:VEVENT\r
        UID:3\r
        DTSTART;VALUE=DATE:20260311\r
        RRULE:FREQ=SECONDLY\r
        END:VEVENT\r
        END:VCALENDAR\r

        """

    @Test func uploadedCalendarMakesConflicts() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let path = "/api/v1/oncall/calendar-feeds?kind=time_off&user=bob@example.org&name=Bob%27s&time_zone=Europe/Berlin"
            let made = try await api.upload(path, Self.calendar)
            #expect(made.status == 201 && made.json["entries"]?.integer == 1 && made.json["skipped"]?.integer == 1, "\(made.text)")
            #expect(made.json["source"]?.string == "upload" && made.json["url"] == nil)
            let conflicts = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments&to=2026-03-16T00:00:00Z", as: .viewer)
            let starts = conflicts.json.array?.first?["starts_at"]?.string.flatMap { Date(rfc3339: $0) }
            #expect(try starts == instant("2026-03-10T23:00:00Z"), "\(conflicts.text)")
            #expect(!conflicts.text.contains("Carol"))
            let id = try #require(made.json["feed_id"]?.string)
            #expect(try await api.send(.delete, "/api/v1/oncall/calendar-feeds/\(id)").status == 204)
            #expect(try await api.send(.get, "/api/v1/oncall/conflicts", as: .viewer).json == .array([]))
            #expect(try await api.send(.delete, "/api/v1/oncall/calendar-feeds/\(id)").status == 404)
        }
    }

    @Test func holidaysOfATeamAreMarked() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let made = try await api.upload("/api/v1/oncall/calendar-feeds?kind=holiday&team=payments", Self.calendar)
            #expect(made.status == 201 && made.json["entries"]?.integer == 2 && made.json["team"]?.string == "payments", "\(made.text)")
            let conflicts = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments&to=2026-03-16T00:00:00Z", as: .viewer)
            #expect(conflicts.json.array?.compactMap { $0["kind"]?.string } == ["holiday", "holiday"], "\(conflicts.text)")
            #expect(conflicts.json.array?.first?["holidays"]?.array?.first?.string == "Away with Carol")
            let store = TimeOffStore(api.database.database(schema: OnCallMigrations.schema).api)
            let holidays = try await store.holidays(in: try instant("2026-03-01T00:00:00Z")..<instant("2026-04-01T00:00:00Z"))
            #expect(holidays.days.map(\.date.description) == ["2026-03-11", "2026-03-12", "2026-03-12"])
        }
    }

    @Test func onlyThoseItConcernsTakeAbsencesAwayAndReadWhy() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob, eve) = (api.person("Alice"), api.person("Bob"), api.person("Eve"))
            let (tess, boss) = (api.person("Tess", teams: ["payments"]), api.person("Boss", .admin))
            let made = try await api.send(.post, "/api/v1/oncall/time-off", Self.bobIsOff, by: alice)
            let path = try "/api/v1/oncall/time-off/" + #require(made.json["time_off_id"]?.string, "\(made.text)")
            for (caller, isTold) in [(alice, true), (bob, true), (eve, false), (tess, false), (boss, true)] {
                let listed = try await api.send(.get, "/api/v1/oncall/time-off", by: caller)
                #expect(listed.json.array?.count == 1 && listed.text.contains("wedding") == isTold, "\(caller.name): \(listed.text)")
            }
            #expect(try await !api.send(.get, "/api/v1/oncall/time-off", as: .viewer).text.contains("wedding"))
            for caller in [eve, tess] {
                let answer = try await api.send(.delete, path, by: caller)
                #expect(answer.status == 403 && answer.code == "not_your_absence", "\(answer.text)")
            }
            #expect(try await api.send(.delete, path, by: bob).status == 204)

            for (query, refused, admitted) in [
                ("kind=holiday&team=payments", [eve], tess), ("kind=holiday&team=payments", [eve], bob),
                ("kind=holiday", [eve, bob, tess], boss),
                ("kind=time_off&user=bob@example.org", [eve, tess], bob), ("kind=time_off&user=Bob", [eve, tess], bob),
            ] {
                let headers: HTTPFields = [.authorization: "Bearer \(alice.token)"]
                let feed = try await api.send(
                    .post, "/api/v1/oncall/calendar-feeds?\(query)", Self.calendar, as: nil, type: "text/calendar", headers: headers)
                let path = try "/api/v1/oncall/calendar-feeds/" + #require(feed.json["feed_id"]?.string, "\(feed.text)")
                for caller in refused { #expect(try await api.send(.delete, path, by: caller).code == "not_your_absence", "\(query)") }
                #expect(try await api.send(.delete, path, by: admitted).status == 204, "\(query)")
                #expect(try await api.send(.delete, path, by: admitted).status == 404)
            }
        }
    }

    /// A team that calls people by user name, and time off and holidays that go by address.
    @Test func timeOffByAddressMeetsAScheduleByName() async throws {
        try await withOnCall { api async throws in
            let user = KnownUser(id: .make(at: api.clock.now), name: "bobby", email: "bob@example.org", isActive: true)
            api.incidents.know("bobby", as: user)
            let team = #"{"team": "payments", "rotation_type": "weekly", "primary": ["bobby"]}"#
            #expect(try await api.send(.post, "/api/v1/schedules", team).status == 201)
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", Self.bobIsOff).status == 201)
            #expect(try await api.upload("/api/v1/oncall/calendar-feeds?kind=holiday&user=bob@example.org", Self.calendar).status == 201)
            let listed = try await api.send(.get, "/api/v1/oncall/conflicts?to=2026-03-16T00:00:00Z", as: .viewer)
            #expect(listed.json.array?.compactMap { $0["kind"]?.string } == ["time_off", "holiday"], "\(listed.text)")
            let ledger = try await api.send(
                .get, "/api/v1/oncall/ledger?team=payments&from=2026-03-10T00:00:00Z&to=2026-03-14T00:00:00Z", as: .viewer)
            #expect(ledger.json["people"]?.array?.first?["holidays"]?.integer == 2, "\(ledger.text)")
        }
    }

    @Test(arguments: [("", 422), ("&team=payments", 200)])
    func allTeamsAreAskedAboutForAQuarter(_ team: String, _ status: Int) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.get, "/api/v1/oncall/conflicts?to=2026-06-10T00:00:00Z\(team)", as: .viewer)
            #expect(answer.status == status && answer.pointers == (status == 422 ? ["/to"] : []), "\(answer.text)")
        }
    }

    /// Two kilobytes that stand for millions of days.
}
