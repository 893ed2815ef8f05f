import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

/// A team's and a person's calendar against the timeline of the API, read by PyPI's icalendar; `ci/shift-calendar-oracle.sh` installs it and runs this.
@Suite struct ShiftCalendarOracleTests {
    /// Names that need escaping and folding, two zones with daylight saving, people together, shadows, worked shifts, gaps, overrides of all kinds and a
    /// temporary schedule.
    private static let schedule = """
        {"team": "payments; \\"core\\", \\\\ 支払い", "layers": [
            {"name": "nights", "time_zone": "America/New_York", "start": "2026-01-05", "rotation": {"kind": "daily", "handoff_time": "01:30"},
             "members": ["alice@example.org", {"name": "Bob, the \\\\ builder; of very long names 👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒👩‍🚒", "email": "bob@example.org"},
                         ["carol@example.org", {"name": "Dan", "email": "dan@example.org"}, {"name": "Sam", "shadow": true}]]},
            {"name": "office", "time_zone": "Europe/Berlin", "start": "2026-01-05", "rotation": {"kind": "shifts"},
             "restrictions": [{"type": "daily", "start_time": "09:00", "duration_seconds": 28800}],
             "members": ["Zoë Müller", "alice@example.org"]},
            {"name": "second", "role": "secondary", "time_zone": "Australia/Lord_Howe", "start": "2026-01-05",
             "rotation": {"kind": "hourly", "length": 31}, "restrictions": [{"type": "weekly", "start_day": "monday", "start_time": "00:00", "duration_seconds": 432000}],
             "members": ["bob@example.org", "carol@example.org"]}]}
        """

    @Test(.enabled(if: ProcessInfo.processInfo.environment["TOCSIN_CALENDAR_PYTHON"] != nil))
    func calendarsSayWhatTheTimelineSays() async throws {
        let python = try #require(ProcessInfo.processInfo.environment["TOCSIN_CALENDAR_PYTHON"])
        try await withOnCall { api async throws in
            let made = try await api.send(.post, "/api/v1/schedules", Self.schedule)
            try #require(made.status == 201, "\(made.text)")
            let team = try #require(made.json["team"])
            let alice = api.person("Alice")
            for more in [
                #""kind": "add", "user_name": "Guest", "user_email": "guest@example.org", "starts_at": "2026-10-25T00:15:00Z", "duration_hours": 3"#,
                #""kind": "remove", "user_name": "Alice", "user_email": "alice@example.org", "starts_at": "2026-11-01T05:30:00Z", "duration_hours": 48"#,
                #""kind": "stand_in", "role": "secondary", "user_name": "Guest", "user_email": "guest@example.org", "starts_at": "2026-03-29T00:00:00Z", "duration_hours": 100"#,
            ] {
                let set = try await api.send(.post, "/api/v1/oncall/override", #"{"team": \#(team.serialized), \#(more)}"#)
                try #require(set.status == 200, "\(set.text)")
            }
            let holidays = try await api.send(
                .post, "/api/v1/oncall/temporary-schedules",
                """
                {"team": \(team.serialized), "starts_at": "2026-12-24T00:00:00Z", "ends_at": "2026-12-28T00:00:00Z", "shifts": [
                    {"user_name": "alice@example.org", "user_email": "alice@example.org", "starts_at": "2026-12-24T06:00:00Z", "ends_at": "2026-12-26T06:00:00Z"},
                    {"user_name": "Guest", "user_email": "guest@example.org", "starts_at": "2026-12-26T00:00:00Z", "ends_at": "2026-12-27T06:00:00Z"}]}
                """)
            try #require(holidays.status == 201, "\(holidays.text)")
            let query = try #require(team.string?.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let timeline = try await api.send(
                .get, "/api/v1/oncall/timeline?team=\(query)&from=2026-03-02T12:00:00Z&to=2027-03-02T00:00:00Z", as: .viewer)
            try #require(timeline.status == 200)
            for (wish, arguments) in [
                (#"{"team": \#(team.serialized), "reminders": [60, 1440]}"#, []), (#"{"me": true}"#, ["--person", "alice@example.org"]),
            ] {
                let feed = try await api.feed(try await api.calendar(wish, by: alice))
                try #require(feed.status == 200)
                let outcome = try await Self.compare(python, feed.text, timeline.text, arguments)
                #expect(outcome.status == 0, "\(outcome.output)")
                print(outcome.output, terminator: "")
                // A day off, and it must be seen.
                let wrong = feed.text.replacing("DTSTART:20260701T", with: "DTSTART:20260630T")
                #expect(wrong != feed.text)
                #expect(try await Self.compare(python, wrong, timeline.text, arguments).status == 1)
            }
        }
    }

    private static func compare(_ python: String, _ feed: String, _ timeline: String, _ more: [String]) async throws -> Shell.Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calendar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = [folder.appending(path: "feed.ics"), folder.appending(path: "timeline.json")]
        for (file, text) in zip(files, [feed, timeline]) { try Data(text.utf8).write(to: file) }
        let script = DurableCluster.root.appending(path: "Tests/Support/shift_calendar_oracle.py").path
        return try await Shell.run(#""$@""#, [python, script] + files.map(\.path) + more)
    }
}
