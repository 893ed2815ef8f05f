import Contracts
import Foundation
import OnCall
import Testing

@Suite struct StretchTests {
    private func stretches(_ boards: [Board], from: String, until: String) throws -> [Stretch] {
        Stretch.all(boards, .primary, in: try instant(from)..<(try instant(until)))
    }

    private func text(_ stretches: [Stretch]) -> [String] {
        stretches.map { "\($0.member.name) \($0.starts.rfc3339.prefix(13)) \($0.ends.rfc3339.prefix(13))\($0.endIsKnown ? "" : "…")" }
    }

    @Test func turnsOfOnePersonAreShiftsOfTheirOwn() throws {
        let plan = board([try layer(["A"], from: "2026-03-02")])
        #expect(
            text(try stretches([plan], from: "2026-03-02T00:00:00Z", until: "2026-03-19T00:00:00Z")) == [
                "A 2026-03-02T00 2026-03-09T00", "A 2026-03-09T00 2026-03-16T00", "A 2026-03-16T00 2026-03-19T00…",
            ])
    }

    @Test func whoJoinsOrLeavesPartsNobodyElsesShift() throws {
        let guest = try override("C", from: "2026-03-03T10:00:00Z", until: "2026-03-03T12:00:00Z", kind: .add)
        let plan = board([try layer(["A,B", "D"], from: "2026-03-02")], overrides: [guest])
        #expect(
            text(try stretches([plan], from: "2026-03-02T00:00:00Z", until: "2026-03-09T12:00:00Z")) == [
                "A 2026-03-02T00 2026-03-09T00", "B 2026-03-02T00 2026-03-09T00", "C 2026-03-03T10 2026-03-03T12",
                "D 2026-03-09T00 2026-03-09T12…",
            ])
    }

    @Test func anOverrideOverAHandOffIsOneShift() throws {
        let standIn = try override("C", from: "2026-03-08T12:00:00Z", until: "2026-03-09T12:00:00Z")
        let plan = board([try layer(["A", "B"], from: "2026-03-02")], overrides: [standIn])
        #expect(
            text(try stretches([plan], from: "2026-03-08T00:00:00Z", until: "2026-03-10T00:00:00Z")) == [
                "A 2026-03-08T00 2026-03-08T12", "C 2026-03-08T12 2026-03-09T12", "B 2026-03-09T12 2026-03-10T00…",
            ])
    }

    @Test func aChangeOfTheScheduleInMidShiftDoesNotPartIt() throws {
        let seam = try instant("2026-03-04T15:00:00Z")
        let before = board([try layer(["A", "B"], from: "2026-03-02")])
        let after = board([try layer(named: "anew", ["A", "B", "C"], from: "2026-03-02")])
        let boards = [
            Board(schedule: before.schedule, until: seam), Board(schedule: after.schedule, since: seam),
        ]
        #expect(
            text(try stretches(boards, from: "2026-03-02T00:00:00Z", until: "2026-03-10T00:00:00Z")) == [
                "A 2026-03-02T00 2026-03-09T00", "B 2026-03-09T00 2026-03-10T00…",
            ])
    }

    @Test func shadowsHaveNoShifts() throws {
        let member = Member(name: "S", email: nil, role: .primary, isShadow: true)
        let shadowed = try #require(
            Layer(
                name: "l", role: .primary, zone: .utc, turns: try layer(["A"], from: "2026-03-02").turns,
                roster: [[Member(name: "A", email: nil, role: .primary), member]]))
        let found = try stretches([board([shadowed])], from: "2026-03-02T00:00:00Z", until: "2026-03-03T00:00:00Z")
        #expect(found.map(\.member.name) == ["A"])
    }

    @Test func aWindowStandsStillForADay() throws {
        let morning = FeedWindow(at: try instant("2026-03-02T00:00:00Z"))
        #expect(morning == FeedWindow(at: try instant("2026-03-02T23:59:59Z")))
        #expect(morning != FeedWindow(at: try instant("2026-03-03T00:00:00Z")))
        #expect(try morning.closes == instant("2027-03-03T00:00:00Z"))
        #expect(try morning.opens == instant("2026-01-30T00:00:00Z"))
    }

    /// GoAlert's rule: person, schedule and end name an event.
    @Test func anEventKeepsItsNameWhenItsStartMoves() throws {
        let end = "2026-03-12T00:00:00Z"
        let whole = board([try layer(["A", "B"], from: "2026-03-02")])
        let late = Board(
            schedule: whole.schedule,
            overrides: [try override("B", from: "2026-03-02T00:00:00Z", until: "2026-03-03T00:00:00Z", kind: .standIn)])
        func uids(_ board: Board) throws -> [String] {
            try stretches([board], from: "2026-03-02T00:00:00Z", until: end).filter { $0.member.name == "A" }
                .map { FeedEvent($0, isNamed: true, changedAt: $0.starts).uid }
        }
        #expect(try uids(whole) == uids(late) && uids(whole).count == 1)
        let all = try stretches([whole], from: "2026-03-02T00:00:00Z", until: "2027-03-02T00:00:00Z")
        #expect(Set(all.map { FeedEvent($0, isNamed: false, changedAt: $0.starts).uid }).count == all.count && all.count == 53)
    }
}
