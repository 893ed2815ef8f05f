import Contracts
import Foundation
import OnCall
import Testing

/// Whatever the schedule, its spans fill time, and say what the closed form says.
@Suite struct TimelineTests {
    /// Six layers of fifty people in four zones, restricted in every way.
    private func large() throws -> Board {
        let people = (0..<50).map { "P\($0)" }
        let night = [try restriction(nil, "22:00", hours: 9)]
        let weekend = [try restriction(.friday, "18:00", hours: 63)]
        let office = try [Weekday.monday, .wednesday, .friday].map { try restriction($0, "09:00", hours: 8) }
        let shifts = try [Weekday.tuesday, .thursday].map { try restriction($0, "02:30", hours: 12) }
        let counted = try counted(people, each: 2, zone: "Australia/Lord_Howe", from: "2025-06-01", shifts)
        return board([
            try layer(named: "base", people, zone: "Europe/London", from: "2025-01-06", at: "09:00"),
            try layer(
                named: "night", people, Cadence(Cadence.Unit.daily), zone: "America/New_York", from: "2025-01-06", at: "02:30", night),
            try layer(named: "weekend", people, zone: "Pacific/Chatham", from: "2025-01-06", at: "03:00", on: .sunday, weekend),
            try layer(
                named: "office", people, Cadence(Cadence.Unit.hourly, every: 5), zone: "Africa/Casablanca", from: "2025-01-06", office),
            counted,
            try layer(named: "second", role: .secondary, people, Cadence(Cadence.Unit.monthly), from: "2025-01-31", on: nil),
        ])
    }

    private static let year = Date(timeIntervalSince1970: 1_767_225_600)..<Date(timeIntervalSince1970: 1_798_761_600)

    @Test(arguments: OnCallRole.allCases)
    func spansTileTheYearAndAgreeWithTheClosedForm(_ role: OnCallRole) throws {
        let overrides = [
            try override("X", from: "2026-03-29T00:30:00Z", until: "2026-03-30T02:00:00Z", kind: .add),
            try override("P7", from: "2026-10-25T00:00:00Z", until: "2026-11-02T00:00:00Z", made: 1, kind: .remove),
        ]
        let board = Board(schedule: try large().schedule, overrides: overrides)
        let spans = board.timeline(role, in: Self.year)
        #expect(spans.count > (role == .primary ? 1000 : 11))
        #expect(spans.first?.start == Self.year.lowerBound && spans.last?.end == Self.year.upperBound)
        for (left, right) in zip(spans, spans.dropFirst()) {
            guard left.end == right.start, left.start < right.start else {
                Issue.record("\(left) and \(right)")
                return
            }
        }
        for span in spans {
            let last = span.start.addingTimeInterval(span.seconds - 1)
            guard board.duty(role, at: span.start).duty == span.duty, board.duty(role, at: last).duty == span.duty else {
                Issue.record("\(span)")
                return
            }
        }
    }

    @Test func whatFollowsHoldsUntilItsEnd() throws {
        let board = try large()
        var instant = Self.year.lowerBound
        for _ in 0..<200 {
            let span = board.duty(.primary, at: instant)
            let end = try #require(span.end)
            #expect(board.duty(.primary, at: end.addingTimeInterval(-1)).duty == span.duty)
            instant = end
        }
    }

    /// The target is 10 ms in a release build; a debug build takes some twenty times as long.
    @Test func aYearOfALargeScheduleIsReckonedQuickly() throws {
        let board = try large()
        _ = board.timeline(.primary, in: Self.year)
        let took = ContinuousClock().measure { for role in OnCallRole.allCases { _ = board.timeline(role, in: Self.year) } }
        #expect(took < .seconds(3))
        print("a year of six layers and fifty people: \(took)")
    }

    @Test func betweenSchedulesNobodyIsOnCall() throws {
        let first = Board(
            schedule: try schedule(primary("A"), .daily, from: "2026-03-01"), since: try instant("2026-03-02T12:00:00Z"),
            until: try instant("2026-03-05T12:00:00Z"))
        let second = Board(schedule: try schedule(primary("B"), .daily, from: "2026-03-01"), since: try instant("2026-03-06T12:00:00Z"))
        let timeline = Timeline([first, second], .primary, in: try instant("2026-03-02T00:00:00Z")..<instant("2026-03-07T00:00:00Z"))
        #expect(timeline.spans.first?.duty == .nobody(.noSchedule))
        #expect(timeline.gaps.map(\.start.rfc3339) == ["2026-03-02T00:00:00Z", "2026-03-05T12:00:00Z"])
        #expect(timeline.covered == (3 * 24 + 12) * 3600)
        for (left, right) in zip(timeline.spans, timeline.spans.dropFirst()) { #expect(left.end == right.start) }
    }

    @Test func aPreviewTellsWhoGainsAndWhoLoses() throws {
        let before = try schedule(primary("A", "B"), .weekly, from: "2026-03-02")
        let after = try schedule(primary("A", "B", "C"), .weekly, from: "2026-03-02")
        let range = try instant("2026-03-02T09:00:00Z")..<instant("2026-03-30T09:00:00Z")
        let preview = SchedulePreview(team: "payments", before: Board(schedule: before), after: after, range)
        let weeks = Dictionary(uniqueKeysWithValues: preview.loads.map { ($0.name, [$0.before, $0.after].map { $0 / (7 * 86_400) }) })
        #expect(weeks == ["A": [2, 2], "B": [2, 1], "C": [0, 1]])
        #expect(preview.loads.last?.name == "A", "whose hours stay comes last")
        // A B A B becomes A B C A: the last two weeks.
        #expect(preview.differences.map(\.start.rfc3339) == ["2026-03-16T09:00:00Z", "2026-03-23T09:00:00Z"])
        #expect(preview.uncoveredBefore == 0 && preview.uncoveredAfter == 0)
    }
}
