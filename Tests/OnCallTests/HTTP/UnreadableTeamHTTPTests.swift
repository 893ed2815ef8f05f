import Contracts
import Foundation
import HTTPTypes
import OnCall
import ServiceKit
import TestSupport
import Testing

/// A team whose schedule only another machine can read, beside payments, where Alice is on call until Monday the 9th, then Bob.
@Suite struct UnreadableTeamHTTPTests {
    private static let conflicts = "/api/v1/oncall/conflicts?to=2026-03-16T00:00:00Z"

    /// As the table has it: columns of a plain schedule, or a document of layers.
    private static let plain = #"{"team": "archive", "rotation_type": "weekly", "primary": ["zoe@example.org"]}"#
    private static let layered = #"{"team": "archive", "layers": [{"time_zone": "UTC", "members": ["zoe@example.org"]}]}"#

    private func withArchive(
        _ archive: String = layered, _ log: LogRecorder = LogRecorder(), _ body: @Sendable @escaping (OnCallAPI) async throws -> Void
    ) async throws {
        try await withOnCall(log: log) { api async throws in
            try await api.makePayments()
            #expect(try await api.send(.post, "/api/v1/schedules", archive).status == 201)
            try await body(api)
        }
    }

    @Test(arguments: [plain, layered]) func conflictsOfOthersAreFoundAndCovered(_ archive: String) async throws {
        let log = LogRecorder()
        try await withArchive(archive, log) { api async throws in
            let off = #"{"user": "bob@example.org", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z"}"#
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            try await api.makeUnreadable("archive")
            let listed = try await api.send(.get, Self.conflicts, as: .viewer)
            #expect(listed.status == 200 && listed.json.array?.compactMap { $0["team"]?.string } == ["payments"], "\(listed.text)")
            let covered = try await api.send(
                .post, "/api/v1/oncall/conflicts/cover",
                #"{"team": "payments", "user": "Bob", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z"}"#)
            #expect(covered.status == 201, "\(covered.text)")
            let own = try await api.send(.get, Self.conflicts + "&team=archive", as: .viewer)
            #expect(own.status == 500 && own.pointers.isEmpty, "no field of the request: \(own.text)")
            let metrics = try await api.send(.get, "/metrics", as: nil).text
            #expect(
                metrics.contains(#"oncall_current{team="payments"} 1"#) && metrics.contains(#"oncall_conflicts_ahead{team="payments"} 0"#))
            #expect(metrics.contains(#"oncall_current{team="archive"} 0"#), "an alarm, and no figure of yesterday")
        }
        let said = log.entries.filter { $0.message == "schedule cannot be read" }
        #expect(said.map(\.metadata["team"]) == ["archive"], "once, and not at every look")
    }

    @Test func pastThatCannotBeReadLeavesTheProposal() async throws {
        try await withArchive { api async throws in
            try await api.makeUnreadable("payments")
            api.clock.advance(by: .seconds(60))
            // Whoever cannot read it puts another in its place.
            try await api.makePayments()
            api.clock.advance(by: .seconds(60))
            let off = #"{"user": "bob@example.org", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z"}"#
            #expect(try await api.send(.post, "/api/v1/oncall/time-off", off).status == 201)
            let listed = try await api.send(.get, Self.conflicts, as: .viewer)
            #expect(listed.json.array?.first?["cover"]?["name"]?.string == "Alice", "\(listed.text)")
        }
    }

    @Test func requestsOfOthersExpire() async throws {
        try await withArchive { api async throws in
            let (alice, zoe) = (api.person("Alice"), api.person("Zoe"))
            let thursday = #""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#
            #expect(try await api.ask(thursday, by: alice).status == 201)
            let other = #"{"team": "archive", \#(thursday)}"#
            #expect(try await api.send(.post, "/api/v1/oncall/shift-requests", other, by: zoe).status == 201)
            try await api.makeUnreadable("archive")
            api.clock.set(try instant("2026-03-05T00:00:00Z"))
            #expect(try await api.tick("shift-request-sweep").handled == 1)
            #expect(try await api.history("shift_request_expired").compactMap { $0["team"]?.string } == ["payments"])
            #expect(try await api.tick("shift-request-sweep").handled == 0)
        }
    }

    @Test func calendarOfItsHolidaysCanBeTakenAway() async throws {
        try await withArchive { api async throws in
            let zoe = api.person("Zoe", teams: ["archive"])
            let made = try await api.upload(
                "/api/v1/oncall/calendar-feeds?kind=holiday&team=archive&time_zone=UTC", TimeOffHTTPTests.calendar)
            let id = try #require(made.json["feed_id"]?.string, "\(made.text)")
            try await api.makeUnreadable("archive")
            #expect(try await api.send(.delete, "/api/v1/oncall/calendar-feeds/\(id)", by: zoe).status == 204)
        }
    }

    private static func question(_ teams: [String], at instant: Date) -> EscalateQuestion {
        EscalateQuestion(
            firingID: .make(at: instant), incidentID: .make(at: instant), epoch: 1, step: 0, round: 0,
            targets: teams.map { .onCall(team: $0, role: .primary) }, at: instant)
    }

    @Test(arguments: [plain, layered]) func peopleOfOtherTeamsArePagedAndTheFallbackBesideThem(_ archive: String) async throws {
        let log = LogRecorder()
        try await withArchive(archive, log) { api async throws in
            try await api.makeUnreadable("archive")
            let both = Self.question(["archive", "payments"], at: api.clock.now)
            let answer = try await api.answer(to: both)
            #expect(answer.recipients.map(\.name) == ["Alice", "whoever is on call for archive"])
            #expect(answer.recipients.map(\.isReachable) == [true, false] && answer.recipients.last?.reason == "schedule_unreadable")
            #expect(try await api.answer(to: both) == answer, "kept as any other")
            api.clock.advance(by: .seconds(60))
            // Whoever cannot read it puts another in its place.
            #expect(try await api.send(.post, "/api/v1/schedules", archive).status == 201)
            let whole = try await api.answer(to: Self.question(["archive", "payments"], at: api.clock.now))
            #expect(whole.recipients.count == 2 && !whole.recipients.contains { $0.reason == "schedule_unreadable" })
        }
        let said = log.entries.filter { $0.message == "schedule cannot be read" }
        #expect(said.map(\.metadata["team"]) == ["archive"])
    }

    @Test(arguments: [["archive"], ["archive", "nobody"]])
    func whereNobodyIsFoundTheEngineIsLeftItsLastAnswer(_ teams: [String]) async throws {
        try await withArchive { api async throws in
            try await api.makeUnreadable("archive")
            #expect(try await api.ask(Self.question(teams, at: api.clock.now)).status == 500)
            #expect(try await api.send(.get, "/api/v1/escalations", as: .viewer).json.array?.isEmpty == true, "nothing was settled")
        }
    }

    @Test(arguments: [plain, layered]) func schedulesOfOthersAreListed(_ archive: String) async throws {
        try await withArchive(archive) { api async throws in
            try await api.makeUnreadable("archive")
            let listed = try await api.send(.get, "/api/v1/schedules", as: .viewer)
            #expect(listed.status == 200 && listed.json.array?.compactMap { $0["team"]?.string } == ["payments"], "\(listed.text)")
            let first = try await api.send(.get, "/api/v1/schedules?limit=1", as: .viewer)
            #expect(first.json.array?.isEmpty == true && first.headers[.link]?.contains("cursor=archive>") == true)
            let second = try await api.send(.get, "/api/v1/schedules?limit=1&cursor=archive", as: .viewer)
            #expect(second.json.array?.compactMap { $0["team"]?.string } == ["payments"])
            #expect(try await api.send(.get, "/api/v1/schedules/archive", as: .viewer).status == 500)
        }
    }

    @Test func onesCalendarHasTheShiftsOfOtherTeamsAndSaysWhatIsMissing() async throws {
        let shared = #"{"team": "archive", "layers": [{"time_zone": "UTC", "members": ["alice@example.org", "zoe@example.org"]}]}"#
        try await withArchive(shared) { api async throws in
            let (alice, zoe) = (api.person("Alice"), api.person("Zoe"))
            let mine = try await api.calendar(#"{"me": true}"#, by: alice)
            let others = [
                try await api.calendar(#"{"me": true}"#, by: zoe), try await api.calendar(#"{"team": "archive"}"#, by: alice),
            ]
            #expect(try await api.feed(mine).text.contains("SUMMARY:On call: archive (primary)"))
            try await api.makeUnreadable("archive")
            let feed = try await api.feed(mine)
            #expect(feed.status == 200 && feed.text.contains("SUMMARY:On call: payments (primary)"), "\(feed.text)")
            #expect(feed.text.contains("SUMMARY:Shifts of archive are missing here") && !feed.text.contains("On call: archive"))
            #expect(feed.text.contains("DTSTART:20260302T000000Z\r\nDTEND:20260303T000000Z"), "today")
            for other in others {
                #expect(try await api.feed(other).status == 500, "nothing that programs would take for an empty calendar")
            }
        }
    }
}
