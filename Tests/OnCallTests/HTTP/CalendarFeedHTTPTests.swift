import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Which calendars are taken, by URL or as a file, and what is told of them.
@Suite struct CalendarFeedHTTPTests {
    /// As after a release of the tz database that another machine has.
    @Test func calendarOfAnUnknownZoneIsShownAsThatAndHidesNoOther() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            for name in ["far", "near"] {
                #expect(
                    try await api.upload("/api/v1/oncall/calendar-feeds?kind=holiday&name=\(name)", TimeOffHTTPTests.calendar).status == 201
                )
            }
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            try await lane.execute("UPDATE oncall.calendar_feed SET time_zone = 'Mars/Olympus' WHERE name = 'far'")
            let listed = try await api.send(.get, "/api/v1/oncall/calendar-feeds", as: .viewer)
            #expect(listed.json.array?.compactMap { $0["name"]?.string } == ["far", "near"], "\(listed.text)")
            let far = try #require(listed.json.array?.first)
            #expect(far["time_zone"]?.string == "Mars/Olympus" && far["problem"]?.string == "unknown_zone")
            #expect(listed.json.array?.last?["problem"] == nil)
            let conflicts = try await api.send(.get, "/api/v1/oncall/conflicts?team=payments&to=2026-03-16T00:00:00Z", as: .viewer)
            #expect(conflicts.json.array?.count == 2, "\(conflicts.text)")
            api.clock.advance(by: .seconds(2 * 86_400))
            #expect(try await api.tick("calendar-feeds").handled == 1)
            let problem = try await lane.one(FeedText.self, "SELECT last_error AS row FROM oncall.calendar_feed WHERE name = 'far'").text
            #expect(problem == "unknown_zone")
            #expect(try await api.tick("calendar-feeds").handled == 0)
            #expect(try await api.send(.get, "/metrics", as: nil).text.contains("oncall_calendar_feeds_failing 1"))
            let id = try #require(far["feed_id"]?.string)
            #expect(try await api.send(.delete, "/api/v1/oncall/calendar-feeds/\(id)", as: .admin).status == 204)
            #expect(try await api.send(.get, "/metrics", as: nil).text.contains("oncall_calendar_feeds_failing 0"))
        }
    }

    @Test func calendarOfLongOverlappingHolidaysIsRefused() async throws {
        try await withOnCall { api async throws in
            let events = (0..<20).map { number in
                "BEGIN:VEVENT\r\nUID:\(number)\r\nDTSTART;VALUE=DATE:20260301\r\nDURATION:P366D\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
            }
            let calendar = "BEGIN:VCALENDAR\r\n\(events.joined())END:VCALENDAR\r\n"
            let answer = try await api.upload("/api/v1/oncall/calendar-feeds?kind=holiday", calendar)
            #expect(answer.status == 422 && answer.code == "unreadable_calendar", "\(answer.text)")
            #expect(answer.detail?.contains("too_many_occurrences") == true)
        }
    }

    @Test(arguments: [
        ("kind=time_off&user=bob", "<html>", 422, "unreadable_calendar"),
        ("kind=time_off", TimeOffHTTPTests.calendar, 422, "invalid_fields"),
        ("user=bob&kind=nothing", TimeOffHTTPTests.calendar, 422, "invalid_fields"),
        ("kind=holiday&team=nobody", TimeOffHTTPTests.calendar, 404, "not_found"),
        ("kind=holiday&team=a&user=b", TimeOffHTTPTests.calendar, 422, "invalid_fields"),
        ("kind=holiday", String(repeating: "A", count: 1_048_577), 413, "content_too_large"),
    ])
    func uploadThatIsNoneIsRefused(_ query: String, _ body: String, _ status: Int, _ code: String) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.upload("/api/v1/oncall/calendar-feeds?\(query)", body)
            #expect(answer.status == status && answer.code == code, "\(answer.text)")
        }
    }

    /// OUT-1: whatever leads inside or is no web address is refused when it is entered.
    @Test(arguments: [
        "file:///etc/passwd", "http://127.0.0.1/a.ics", "https://127.0.0.1/a.ics", "https://[::1]/a.ics", "https://169.254.169.254/a.ics",
        "gopher://example.org/", "https://user:password@example.org/a.ics", "https://example.org:22/a.ics", "ftp://example.org/a.ics",
        "https://2130706433/a.ics", "webcal://127.0.0.1/a.ics", "nonsense",
    ])
    func urlThatLeadsInsideIsRefused(_ url: String) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(
                .post, "/api/v1/oncall/calendar-feeds", #"{"kind": "time_off", "user": "bob", "url": "\#(url)"}"#)
            #expect(answer.status == 422 && answer.pointers == ["/url"], "\(answer.text)")
        }
    }

    @Test func urlIsASecret() async throws {
        try await withOnCall(settings: ["SECRETS_KEY": "a key of the tests that is long enough to be one"]) { api async throws in
            let made = try await api.send(
                .post, "/api/v1/oncall/calendar-feeds",
                #"{"kind": "time_off", "user": "bob", "url": "webcal://calendar.example.org/private-hush/basic.ics?token=hush"}"#)
            #expect(made.status == 201 && made.json["url"]?.string == "calendar.example.org/…", "\(made.text)")
            #expect(made.json["read_at"] == .null)
            let listed = try await api.send(.get, "/api/v1/oncall/calendar-feeds?user=bob", as: .viewer)
            #expect(listed.json.array?.count == 1 && !listed.text.contains("hush") && !made.text.contains("hush"))
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            let row = try await lane.one(FeedText.self, "SELECT f::text AS row FROM oncall.calendar_feed f").text
            #expect(!row.contains("hush") && row.contains("calendar.example.org"))
        }
    }

    @Test func withoutAKeyNoURLIsKept() async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(
                .post, "/api/v1/oncall/calendar-feeds", #"{"kind": "holiday", "url": "https://example.org/a.ics"}"#)
            #expect(answer.status == 409 && answer.code == "secrets_key_missing")
        }
    }
}

/// A whole row, as somebody with a copy of the database sees it.
private struct FeedText: RowDecodable {
    let text: String

    init(row: PostgresRow) throws {
        text = try row("row")
    }
}

extension OnCallAPI {
    /// Sends a calendar file.
    func upload(_ path: String, _ calendar: String) async throws -> Answer {
        try await send(.post, path, calendar, type: "text/calendar; charset=utf-8")
    }
}
