package import Contracts
package import Foundation

/// Finds the shifts of a team that fall into time off or on holidays, and proposes who covers each.
package struct CoverPlan: Sendable {
    /// A stretch of one person on call.
    package struct Shift: Sendable, Hashable {
        package let role: OnCallRole
        package let member: Member
        package let span: Range<Date>

        package init(role: OnCallRole, member: Member, span: Range<Date>) {
            self.role = role
            self.member = member
            self.span = span
        }
    }

    private let team: String
    private let shifts: [Shift]
    private let elsewhere: [Shift]
    private let roster: [Member]
    private let timeOff: [TimeOff]
    private let holidays: Holidays

    /// - Parameters:
    ///   - roster: in the order in which equals are asked.
    ///   - shifts: the team's, from as long ago as the pick is to remember.
    ///   - elsewhere: of other teams, so that nobody is asked who is on call there.
    package init(team: String, roster: [Member], shifts: [Shift], elsewhere: [Shift], timeOff: [TimeOff], holidays: Holidays) {
        var people: [Member] = []
        for member in roster where !member.isShadow && !people.contains(where: { $0.isSamePerson(as: member) }) { people.append(member) }
        self.team = team
        self.roster = people
        self.shifts = shifts
        self.elsewhere = elsewhere
        self.timeOff = timeOff
        self.holidays = holidays
    }

    /// In the order of their time; each proposal counts as done for those after it, so that no one person gets them all.
    package func conflicts(in range: Range<Date>) -> [CoverConflict] {
        var covers: [Shift] = []
        return found(in: range).map { conflict in
            guard conflict.kind == .timeOff || isPersonal(conflict) else { return conflict }
            let cover = FairPick.pick(candidates(for: conflict, covers))
            if let cover { covers.append(Shift(role: conflict.role, member: cover, span: conflict.span)) }
            return conflict.covered(by: cover)
        }
    }

    package func candidate(called name: String) -> Member? {
        roster.first { $0.isCalled(name) }
    }

    /// Whether that member could cover: of the roster, with an address, neither on call nor off.
    package func isFree(_ member: Member, for conflict: CoverConflict) -> Bool {
        candidates(for: conflict, []).contains { $0.member.isSamePerson(as: member) && !$0.isBusy }
    }

    private func found(in range: Range<Date>) -> [CoverConflict] {
        let planned = shifts.filter { $0.span.overlaps(range) && !$0.member.isShadow }
        let conflicts = planned.flatMap { shift in
            let span = shift.span.clamped(to: range)
            let off = span.pieces(in: timeOff.filter { shift.member.isCalled($0.person) }.map(\.span))
            let days = holidays.days.filter { $0.isFor(shift.member, of: team) && !span.clamped(to: $0.span).isEmpty }
            let free = days.filter { day in !off.contains { $0.overlaps(day.span) } }
            return off.map { conflict(.timeOff, shift, $0) } + span.pieces(in: free.map(\.span)).map { conflict(.holiday, shift, $0) }
        }
        return conflicts.sorted {
            ($0.span.lowerBound, $0.role.rawValue, $0.member.handle) < ($1.span.lowerBound, $1.role.rawValue, $1.member.handle)
        }
    }

    private func conflict(_ kind: CoverConflict.Kind, _ shift: Shift, _ span: Range<Date>) -> CoverConflict {
        let titles = Holidays.titles(holidays(of: shift.member, in: span))
        return CoverConflict(kind: kind, team: team, role: shift.role, member: shift.member, span: span, holidays: titles, cover: nil)
    }

    private func holidays(of member: Member, in span: Range<Date>) -> [Holidays.Day] {
        holidays.days.filter { $0.isFor(member, of: team) && $0.span.overlaps(span) }
    }

    /// A holiday that the whole team has is marked; there is nobody to cover it who has not the same day.
    private func isPersonal(_ conflict: CoverConflict) -> Bool {
        let days = holidays(of: conflict.member, in: conflict.span)
        return !days.isEmpty && days.allSatisfy(\.isPersonal)
    }

    private func candidates(for conflict: CoverConflict, _ covers: [Shift]) -> [FairPick.Candidate] {
        roster.filter { $0.email != nil && !$0.isSamePerson(as: conflict.member) }.map { member in
            let own = (shifts + covers).filter { $0.member.isSamePerson(as: member) && !$0.member.isShadow }
            let isOnCall = (own + elsewhere.filter { $0.member.isSamePerson(as: member) }).contains { $0.span.overlaps(conflict.span) }
            let isOff =
                timeOff.contains { member.isCalled($0.person) && $0.span.overlaps(conflict.span) }
                || holidays(of: member, in: conflict.span).contains(where: \.isPersonal)
            let start = conflict.span.lowerBound
            let before = own.filter { $0.span.lowerBound < start }.map { min($0.span.upperBound, start) }
            return FairPick.Candidate(member: member, isBusy: isOnCall || isOff, lastOnCall: before.max())
        }
    }
}

extension CoverPlan {
    /// Everybody on call in a timeline, each stretch once.
    package static func shifts(_ boards: [Board], in range: Range<Date>) -> [Shift] {
        OnCallRole.allCases.flatMap { shifts(Timeline(boards, $0, in: range), $0) }
    }

    package static func shifts(_ timeline: Timeline, _ role: OnCallRole) -> [Shift] {
        timeline.spans.flatMap { span in
            span.duty.acting.map { Shift(role: role, member: $0.member, span: span.start..<(span.end ?? timeline.range.upperBound)) }
        }
    }
}
