import Contracts
import Foundation
import OnCall
import Testing

/// Layers, restrictions and cadences: scenarios E7, E8, and what the oracle's vectors do not name.
@Suite struct LayerTests {
    private func names(_ board: Board, _ role: OnCallRole = .primary, at text: String) throws -> [String] {
        board.duty(role, at: try instant(text)).duty.acting.map(\.member.name)
    }

    /// B in office hours over A around the clock.
    private func office() throws -> [Layer] {
        let days: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
        return [
            try layer(named: "always", ["A"], from: "2026-01-05"),
            try layer(named: "office", ["B"], from: "2026-01-05", try days.map { try restriction($0, "09:00", hours: 8) }),
        ]
    }

    /// Scenario E8.
    @Test(arguments: [
        ("2026-03-03T10:00:00Z", "B"), ("2026-03-03T18:00:00Z", "A"), ("2026-03-03T08:59:59Z", "A"), ("2026-03-03T09:00:00Z", "B"),
        ("2026-03-03T16:59:59Z", "B"), ("2026-03-03T17:00:00Z", "A"), ("2026-03-07T10:00:00Z", "A"),
    ])
    func theLastLayerThatCoversWins(_ at: String, _ name: String) throws {
        let board = board(try office())
        #expect(try names(board, at: at) == [name])
        let layer = board.duty(.primary, at: try instant(at)).duty.people.first?.reason
        #expect(layer == .layer(name == "A" ? "always" : "office"))
    }

    /// Scenario E8, without the layer below.
    @Test func withoutTheLayerBelowNightsAndWeekendsAreGaps() throws {
        let board = board(Array(try office().suffix(1)))
        let week = try instant("2026-03-02T00:00:00Z")..<instant("2026-03-09T00:00:00Z")
        let timeline = Timeline([board], .primary, in: week)
        #expect(timeline.covered == 40 * 3600 && abs(timeline.share - 40.0 / 168) < 1e-12)
        #expect(
            timeline.gaps.map { "\($0.start.rfc3339) \($0.end?.rfc3339 ?? "")" } == [
                "2026-03-02T00:00:00Z 2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z 2026-03-03T09:00:00Z",
                "2026-03-03T17:00:00Z 2026-03-04T09:00:00Z", "2026-03-04T17:00:00Z 2026-03-05T09:00:00Z",
                "2026-03-05T17:00:00Z 2026-03-06T09:00:00Z", "2026-03-06T17:00:00Z 2026-03-09T00:00:00Z",
            ])
        #expect(timeline.gaps.allSatisfy { $0.duty.absence == .gap })
    }

    /// Scenario E7.
    @Test func aTemporaryScheduleIsEverythingWhileItLasts() throws {
        let saturday = TemporarySchedule.Shift(
            member: Member(name: "T", email: nil, role: .primary), starts: try instant("2026-03-07T00:00:00Z"),
            ends: try instant("2026-03-08T00:00:00Z"))
        let temporary = TemporarySchedule(
            id: .make(at: Date(timeIntervalSince1970: 0)), reason: nil, starts: try instant("2026-03-06T17:00:00Z"),
            ends: try instant("2026-03-09T09:00:00Z"), shifts: [saturday])
        let stranger = try override("X", from: "2026-03-07T06:00:00Z", until: "2026-03-07T07:00:00Z")
        let board = board([try layer(["A", "B"], from: "2026-03-02")], overrides: [stranger], temporaries: [temporary])
        #expect(try names(board, at: "2026-03-07T06:30:00Z") == ["T"], "an override is silent too")
        let sunday = board.duty(.primary, at: try instant("2026-03-08T12:00:00Z"))
        #expect(sunday.duty == .nobody(.temporary) && sunday.end == temporary.ends)
        #expect(try names(board, at: "2026-03-06T16:59:59Z") == ["A"])
        #expect(board.duty(.primary, at: try instant("2026-03-06T16:00:00Z")).end == temporary.starts)
        #expect(try names(board, at: "2026-03-09T09:00:00Z") == ["B"], "the rotation went on as if untouched")
    }

    /// goalert#55: fourteen people, daily turns, weekends cut. By the clock four of them never have a turn; counting shifts, all have.
    @Test func countingWorkedShiftsKeepsCutWeekendsFair() throws {
        let people = (0..<14).map { "P\($0)" }
        let weekdays: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
        let restrictions = try weekdays.map { try restriction($0, "00:00", hours: 24) }
        let clock = try layer(people, Cadence(Cadence.Unit.daily), zone: "America/New_York", from: "2026-01-05", restrictions)
        let counted = try counted(people, zone: "America/New_York", from: "2026-01-05", restrictions)
        let year = try instant("2026-01-05T05:00:00Z")..<instant("2027-01-04T05:00:00Z")
        func shares(_ layer: Layer) -> [String: TimeInterval] { Timeline([board([layer])], .primary, in: year).seconds }
        #expect(shares(clock).count == 10)
        #expect(shares(counted).count == 14)
        let hours = shares(counted).values.map { $0 / 3600 }
        // 260 working days of 14 people are 18 or 19 each; one day has 23 hours at most here, none 25: the clock changes on Sundays.
        #expect(hours.allSatisfy { (18 * 24...19 * 24).contains(Int($0)) })
        #expect(board([counted]).timeline(.primary, in: year).filter { $0.duty.absence != nil }.count == 52)
    }

    @Test func severalAreOnCallTogetherAndShadowsAreNotPaged() throws {
        let team = [
            [Member(name: "A", email: nil, role: .primary), Member(name: "B", email: nil, role: .primary)],
            [Member(name: "C", email: nil, role: .primary), Member(name: "S", email: nil, role: .primary, isShadow: true)],
        ]
        let start = try #require(LocalDate("2026-03-02"))
        let rotation = Rotation(cadence: Cadence(Cadence.Unit.daily), zone: .utc, handoffTime: .nineInTheMorning, start: start)
        let layer = try #require(Layer(name: "l", role: .primary, zone: .utc, turns: .clock(rotation), roster: team))
        let now = try instant("2026-03-02T12:00:00Z")
        let tomorrow = try instant("2026-03-03T12:00:00Z")
        let resolver = EscalationResolver(boards: ["payments": board([layer])])
        let target = EscalationTarget.onCall(team: "payments", role: .primary)
        #expect(resolver.answer([target], at: now).recipients.map(\.name) == ["A", "B"])
        #expect(resolver.answer([target], at: tomorrow).recipients.map(\.name) == ["C"])
        #expect(board([layer]).duty(.primary, at: tomorrow).duty.people.map(\.member.name) == ["C", "S"])
    }

    @Test func theThirtyFirstComesBackAfterShortMonths() throws {
        let layer = try layer(["A", "B"], Cadence(Cadence.Unit.monthly), from: "2026-01-31", at: "09:00", on: nil)
        let year = try instant("2026-01-31T09:00:00Z")..<instant("2026-08-01T00:00:00Z")
        #expect(
            board([layer]).turns(of: layer, in: year).map { String($0.start.rfc3339.prefix(10)) } == [
                "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31",
            ])
    }

    @Test func hoursAreRealHoursWhateverTheClockShows() throws {
        let layer = try layer(["A", "B"], Cadence(Cadence.Unit.hourly, every: 8), zone: "Europe/London", from: "2026-03-28", on: nil)
        let turns = board([layer]).turns(of: layer, in: try instant("2026-03-28T00:00:00Z")..<instant("2026-04-01T00:00:00Z"))
        #expect(turns.count == 12 && turns.allSatisfy { $0.end.timeIntervalSince($0.start) == 8 * 3600 })
    }

    @Test(arguments: ["no window", "overlapping"])
    func shiftsThatCannotBeCountedAreNoLayer(_ fault: String) throws {
        let windows = fault == "no window" ? [] : [try restriction(nil, "09:00", hours: 8), try restriction(.monday, "16:59", hours: 1)]
        let date = try #require(LocalDate("2026-01-05"))
        #expect(
            Layer(name: "l", role: .primary, zone: .utc, turns: .shifts(each: 1, from: date), restrictions: windows, roster: roster(["A"]))
                == nil
        )
    }
}
