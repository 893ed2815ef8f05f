import Contracts
import Foundation
import OnCall
import Testing

@Suite struct ScheduleEditTests {
    private func names(_ schedule: Schedule, from text: String, shifts: Int, _ role: OnCallRole = .primary) throws -> [String] {
        let start = try instant(text)
        return (0..<shifts).compactMap { schedule.shift(role, at: start.addingTimeInterval(Double($0) * 86_400))?.member.name }
    }

    /// 2026-03-06T12:00Z is in shift 4 of a daily rotation that began on the 2nd: B of A, B, C.
    private let now = "2026-03-06T12:00:00Z"

    private func abc() throws -> Schedule { try schedule(primary("A", "B", "C") + secondary("S", "T"), .daily, from: "2026-03-02") }

    @Test func anAddedMemberComesLastAndNobodyLosesTheTurn() throws {
        #expect(try names(abc(), from: now, shifts: 4) == ["B", "C", "A", "B"])
        let edited = try abc().edited(ScheduleEdit(add: primary("D")), now: try instant(now))
        #expect(try names(edited, from: now, shifts: 5) == ["B", "C", "A", "D", "B"])
        #expect(try names(edited, from: now, shifts: 3, .secondary) == ["S", "T", "S"])
        #expect(edited.version == 2)
    }

    @Test func removingAnotherKeepsTheTurn() throws {
        let edited = try abc().edited(ScheduleEdit(remove: ["A"]), now: try instant(now))
        #expect(try names(edited, from: now, shifts: 3) == ["B", "C", "B"])
    }

    @Test func removingWhoIsOnCallDoesNotSkipTheNext() throws {
        let edited = try abc().edited(ScheduleEdit(remove: ["b@example.org"]), now: try instant(now))
        #expect(try names(edited, from: now, shifts: 3) == ["C", "A", "C"])
    }

    @Test func anotherRotationKeepsTheTurn() throws {
        let edited = try abc().edited(ScheduleEdit(kind: .weekly), now: try instant(now))
        #expect(edited.rotation?.cadence.kind == .weekly && edited.rotation?.handoffDay == .monday)
        #expect(try names(edited, from: now, shifts: 1) == ["B"])
        #expect(try names(edited, from: "2026-03-09T09:00:00Z", shifts: 1) == ["C"])
    }

    @Test func editsThatLeaveNobodyAreRefused() throws {
        let schedule = try abc()
        let now = try instant(now)
        #expect(throws: OnCallError.noPrimary) { try schedule.edited(ScheduleEdit(remove: ["A", "B", "C"]), now: now) }
        #expect(throws: OnCallError.unknownMember("Z")) { try schedule.edited(ScheduleEdit(remove: ["Z"]), now: now) }
        let crowd = (0..<200).map { Member(name: "M\($0)", email: nil, role: .secondary) }
        #expect(throws: OnCallError.tooManyMembers) { try schedule.edited(ScheduleEdit(add: crowd), now: now) }
    }

    @Test(arguments: [
        (RotationKind.daily, "2026-03-04T08:59:00Z", "2026-03-03"), (.daily, "2026-03-04T09:00:00Z", "2026-03-04"),
        (.weekly, "2026-03-02T08:59:00Z", "2026-02-23"), (.weekly, "2026-03-02T09:00:00Z", "2026-03-02"),
        (.biweekly, "2026-03-05T00:00:00Z", "2026-03-02"),
    ])
    func withoutAStartTheFirstMemberIsOnCallAtOnce(_ kind: RotationKind, _ now: String, _ start: String) throws {
        let draft = ScheduleDraft(team: "payments", members: primary("A", "B"), rotation: RotationDraft(kind: kind))
        let made = try draft.schedule(id: .make(at: try instant(now)), version: 1, now: try instant(now))
        #expect(made.rotation?.start.description == start)
        #expect(made.shift(.primary, at: try instant(now))?.member.name == "A")
    }

    @Test func aDraftWithoutPrimaryIsRefused() throws {
        let draft = ScheduleDraft(team: "payments", members: secondary("S"), rotation: RotationDraft(kind: .daily))
        let now = try instant(now)
        #expect(throws: OnCallError.noPrimary) { try draft.schedule(id: .make(at: now), version: 1, now: now) }
    }
}
