import Contracts
import Foundation
import OnCall
import Testing

/// Shift arithmetic against a walk that knows nothing of it.
@Suite struct RotationTests {
    static let walks: [(zone: String, time: String, kind: RotationKind, start: String, days: Int)] = [
        ("America/New_York", "02:30", .daily, "2026-01-05", 330),
        ("America/New_York", "01:30", .daily, "2026-01-05", 330),
        ("America/New_York", "09:00", .weekly, "2026-01-05", 400),
        ("Europe/London", "01:30", .daily, "2026-01-05", 330),
        ("Europe/London", "00:00", .biweekly, "2026-01-05", 800),
        ("Australia/Lord_Howe", "02:15", .daily, "2026-01-05", 330),
        ("Australia/Lord_Howe", "01:45", .weekly, "2026-03-29", 400),
        ("America/Santiago", "00:00", .daily, "2026-01-05", 330),
        ("America/Santiago", "00:00", .weekly, "2026-01-04", 400),
        ("America/Santiago", "23:30", .daily, "2026-01-05", 330),
        ("Pacific/Apia", "09:00", .daily, "2011-11-01", 120),
        ("Pacific/Apia", "00:00", .daily, "2011-11-01", 120),
        ("Pacific/Apia", "12:00", .weekly, "2011-11-04", 120),
        ("UTC", "09:00", .daily, "2026-01-05", 60),
    ]

    private static func days(_ kind: RotationKind) -> Int {
        switch kind {
        case .daily: 1
        case .weekly: 7
        case .biweekly: 14
        }
    }

    /// Walks from before the start and counts a hand-off whenever the highest clock reading so far has passed the next one.
    @Test(arguments: walks)
    func halfHourWalkFindsTheSameShift(_ walk: (zone: String, time: String, kind: RotationKind, start: String, days: Int)) throws {
        let schedule = try schedule(primary("A", "B", "C"), walk.kind, walk.zone, from: walk.start, at: walk.time)
        let clock = try #require(TimeZone(identifier: walk.zone))
        let start = try #require(LocalDate(walk.start))
        var due = Double(start.daysSince1970 * 86_400 + (try #require(LocalTime(walk.time))).minuteOfDay * 60)
        var highest = -Double.infinity
        var index = -1
        let first = Double(start.daysSince1970 * 86_400 - 2 * 86_400)
        for second in stride(from: first, to: first + Double(walk.days * 86_400), by: 900) {
            let now = Date(timeIntervalSince1970: second)
            highest = max(highest, second + Double(clock.secondsFromGMT(for: now)))
            while due <= highest {
                index += 1
                due += Double(Self.days(walk.kind) * 86_400)
            }
            let shift = schedule.shift(.primary, at: now)
            guard shift?.index ?? -1 == index else {
                Issue.record("at \(now.rfc3339): shift \(String(describing: shift?.index)), the walk says \(index)")
                return
            }
            guard let shift else { continue }
            guard shift.start <= now, now < shift.end, shift.member.name == ["A", "B", "C"][index % 3] else {
                Issue.record("at \(now.rfc3339): \(shift)")
                return
            }
        }
        #expect(index > 1)
    }

    @Test(arguments: walks)
    func shiftsTileTime(_ walk: (zone: String, time: String, kind: RotationKind, start: String, days: Int)) throws {
        let schedule = try schedule(primary("A", "B", "C"), walk.kind, walk.zone, from: walk.start, at: walk.time)
        let from = schedule.layers[0].begins.addingTimeInterval(100)
        let range = from..<from.addingTimeInterval(Double(walk.days * 86_400))
        let shifts = schedule.shifts(.primary, in: range)
        let first = try #require(shifts.first)
        let last = try #require(shifts.last)
        #expect(first.start <= range.lowerBound && last.end >= range.upperBound && last.start < range.upperBound)
        for (left, right) in zip(shifts, shifts.dropFirst()) {
            #expect(left.end == right.start && left.start < left.end)
            #expect(schedule.shift(.primary, at: right.start) == right)
            #expect(schedule.shift(.primary, at: right.start.addingTimeInterval(-1)) == left)
        }
    }

    /// Scenario E1.
    @Test func weeklyHandOffKeepsItsWallClockTimeInSpring() throws {
        let schedule = try schedule(primary("A", "B", "C"), .weekly, "America/New_York", from: "2026-03-02", on: .monday)
        let shifts = schedule.shifts(.primary, in: try instant("2026-03-02T14:00:00Z")..<instant("2026-03-20T00:00:00Z"))
        #expect(shifts.map(\.start.rfc3339) == ["2026-03-02T14:00:00Z", "2026-03-09T13:00:00Z", "2026-03-16T13:00:00Z"])
        #expect(schedule.shift(.primary, at: try instant("2026-03-09T13:30:00Z"))?.member.name == "B")
        #expect(schedule.shift(.primary, at: try instant("2026-03-09T12:59:59Z"))?.member.name == "A")
    }

    /// Scenario E2.
    @Test func weeklyHandOffKeepsItsWallClockTimeInAutumn() throws {
        let schedule = try schedule(primary("A", "B", "C"), .weekly, "America/New_York", from: "2026-03-02", on: .monday)
        let outgoing = try #require(schedule.shift(.primary, at: try instant("2026-10-26T13:00:00Z")))
        #expect(outgoing.start.rfc3339 == "2026-10-26T13:00:00Z")
        #expect(outgoing.end.rfc3339 == "2026-11-02T14:00:00Z")
        #expect(schedule.shift(.primary, at: try instant("2026-11-02T13:30:00Z")) == outgoing)
    }

    /// Scenario E5.
    @Test func biweeklyHalvesTheYear() throws {
        let schedule = try schedule(primary("A", "B"), .biweekly, from: "2026-01-05")
        let start = try instant("2026-01-05T09:00:00Z")
        let shifts = schedule.shifts(.primary, in: start..<start.addingTimeInterval(364 * 86_400))
        #expect(shifts.map(\.member.name) == (0..<13).flatMap { _ in ["A", "B"] })
        let days = Dictionary(grouping: shifts, by: \.member.name).mapValues {
            $0.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) } / 86_400
        }
        #expect(days == ["A": 182, "B": 182])
    }

    @Test func nobodyIsOnCallBeforeTheStart() throws {
        let schedule = try schedule(primary("A"), .daily, from: "2026-03-02")
        #expect(schedule.shift(.primary, at: try instant("2026-03-02T08:59:59Z")) == nil)
        #expect(schedule.shift(.primary, at: try instant("2026-03-02T09:00:00Z"))?.index == 0)
        let span = schedule.duty(.primary, at: try instant("2026-03-01T00:00:00Z"), overrides: [])
        #expect(span.duty == .nobody(.notStarted))
        #expect(span.end?.rfc3339 == "2026-03-02T09:00:00Z")
    }

    @Test func aStartBetweenHandOffsMakesTheFirstShiftShort() throws {
        let schedule = try schedule(primary("A", "B"), .weekly, from: "2026-03-04", on: .monday)
        let shifts = schedule.shifts(.primary, in: try instant("2026-03-01T00:00:00Z")..<instant("2026-03-15T00:00:00Z"))
        #expect(shifts.map(\.start.rfc3339) == ["2026-03-04T09:00:00Z", "2026-03-09T09:00:00Z"])
        #expect(shifts.map(\.member.name) == ["A", "B"])
    }

    @Test func withoutAHandOffDayTheStartsWeekdayIsIt() throws {
        #expect(try schedule(primary("A"), .weekly, from: "2026-03-04").rotation?.handoffDay == .wednesday)
        #expect(try schedule(primary("A"), .daily, from: "2026-03-04", on: .monday).rotation?.handoffDay == nil)
    }
}
