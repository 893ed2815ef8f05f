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

    /// When somebody is not there.
    private struct Leave {
        let off: [Range<Date>]
        /// In the order of their beginnings.
        let holidays: [Holidays.Day]

        func holidays(in span: Range<Date>) -> [Holidays.Day] {
            // None is longer than two days, so that those before the first that may reach into the span need not be looked at.
            var first = 0
            var past = holidays.count
            while first < past {
                let middle = (first + past) / 2
                if holidays[middle].span.lowerBound < span.lowerBound.addingTimeInterval(-2 * 86_400) {
                    first = middle + 1
                } else {
                    past = middle
                }
            }
            return holidays[first...].prefix { $0.span.lowerBound < span.upperBound }.filter { !span.clamped(to: $0.span).isEmpty }
        }
    }

    package let team: String
    private let shifts: [Shift]
    private var elsewhere: Engagements
    private let roster: [Member]
    private var book: AddressBook
    private let people: People
    private let leaves: [Member: Leave]
    /// Everybody's time on call in this team, also what is past, by key.
    private var duties: [String: [Range<Date>]]

    /// - Parameters:
    ///   - roster: in the order in which equals are asked.
    ///   - shifts: the team's, in the time that is asked about.
    ///   - elsewhere: in other teams too, so that nobody is asked who is on call there.
    ///   - holidays: known by the same book.
    ///   - book: who is meant by names without an address, and whose account is disabled.
    package init(
        team: String, roster: [Member], shifts: [Shift], elsewhere: Engagements = Engagements(), absences: Absences, holidays: Holidays,
        book: AddressBook = AddressBook()
    ) {
        let shifts = shifts.filter { !$0.member.isShadow }.map { Shift(role: $0.role, member: book.addressed($0.member), span: $0.span) }
        var members: [Member] = []
        for member in roster.map({ book.addressed($0) }) where !member.isShadow && !members.contains(where: { $0.isSamePerson(as: member) })
        {
            members.append(member)
        }
        let everybody = Set(shifts.map(\.member)).union(members)
        let people = People(everybody)
        self.team = team
        self.roster = members
        self.shifts = shifts
        self.elsewhere = elsewhere
        self.book = book
        self.people = people
        leaves = Dictionary(
            uniqueKeysWithValues: everybody.map { member in
                (member, Leave(off: absences.spans(of: member), holidays: holidays.days(of: member, in: team)))
            })
        duties = Dictionary(grouping: shifts) { people.key(of: $0.member) }.mapValues { $0.map(\.span) }
    }

    /// The same with what the pick needs: the team's shifts from before, those of other teams, and whose account is disabled.
    package func remembering(_ past: [Shift], elsewhere: Engagements, inactive: Set<String> = []) -> CoverPlan {
        var plan = self
        plan.elsewhere = elsewhere
        plan.book = book.disabling(inactive)
        for shift in past where !shift.member.isShadow {
            plan.duties[people.key(of: book.addressed(shift.member)), default: []].append(shift.span)
        }
        return plan
    }

    /// From the first time for which somebody has to be found until the last: other teams and the past matter for that; nil when nobody has to be.
    package func open(in range: Range<Date>) -> Range<Date>? {
        let spans = found(in: range).filter { isCoverable($0) }.map(\.span)
        guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
        return first..<last
    }

    /// Who could cover, whatever else they do: of the roster, with an address.
    package var candidates: [Member] { roster.filter { $0.email != nil } }

    /// How many conflicts there are, whoever covers them.
    package func count(in range: Range<Date>) -> Int { found(in: range).count }

    /// In the order of their time; each proposal counts as done for those after it, so that no one person gets them all.
    package func conflicts(in range: Range<Date>) -> [CoverConflict] {
        var covers: [String: [Range<Date>]] = [:]
        return found(in: range).map { conflict in
            guard isCoverable(conflict) else { return conflict }
            let cover = FairPick.pick(candidates(for: conflict, covers))
            if let cover { covers[people.key(of: cover), default: []].append(conflict.span) }
            return conflict.covered(by: cover)
        }
    }

    package func candidate(called name: String) -> Member? {
        roster.first { book.means(name, $0) }
    }

    /// Whether that text, a name or an address, means the member.
    func means(_ text: String, _ member: Member) -> Bool { book.means(text, member) }

    /// Whether that member could cover: of the roster, with an address and no disabled account, neither on call nor off.
    package func isFree(_ member: Member, for conflict: CoverConflict) -> Bool {
        candidates(for: conflict, [:]).contains { $0.member.isSamePerson(as: member) && !$0.isBusy }
    }

    private func found(in range: Range<Date>) -> [CoverConflict] {
        let conflicts = shifts.filter { $0.span.overlaps(range) }.flatMap { shift -> [CoverConflict] in
            guard let leave = leaves[shift.member] else { return [] }
            let span = shift.span.clamped(to: range)
            let off = span.pieces(in: leave.off)
            let free = leave.holidays(in: span).filter { day in !off.contains { $0.overlaps(day.span) } }
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
        leaves[member]?.holidays(in: span) ?? []
    }

    /// A holiday that the whole team has is marked; there is nobody to cover it who has not the same day.
    private func isCoverable(_ conflict: CoverConflict) -> Bool {
        if conflict.kind == .timeOff { return true }
        let days = holidays(of: conflict.member, in: conflict.span)
        return !days.isEmpty && days.allSatisfy(\.isPersonal)
    }

    private func candidates(for conflict: CoverConflict, _ covers: [String: [Range<Date>]]) -> [FairPick.Candidate] {
        let others = candidates.filter { !$0.isSamePerson(as: conflict.member) && !($0.email.map(book.isInactive) ?? true) }
        return others.map { member in
            let key = people.key(of: member)
            let own = (duties[key] ?? []) + (covers[key] ?? [])
            let isOnCall =
                own.contains { $0.overlaps(conflict.span) } || elsewhere.isOnCall(member, in: conflict.span, besides: team)
            let isOff =
                leaves[member].map { $0.off.contains { $0.overlaps(conflict.span) } } ?? false
                || holidays(of: member, in: conflict.span).contains(where: \.isPersonal)
            let start = conflict.span.lowerBound
            let before = own.filter { $0.lowerBound < start }.map { min($0.upperBound, start) }
            return FairPick.Candidate(member: member, isBusy: isOnCall || isOff, lastOnCall: before.max())
        }
    }
}

extension CoverPlan {
    /// Everybody on call in any role.
    package static func shifts(_ boards: [Board], in range: Range<Date>) -> [Shift] {
        OnCallRole.allCases.flatMap { shifts(Timeline(boards, $0, in: range), $0) }
    }

    /// Everybody on call in a timeline, each stretch once.
    package static func shifts(_ timeline: Timeline, _ role: OnCallRole) -> [Shift] {
        timeline.spans.flatMap { span in
            span.duty.acting.map { Shift(role: role, member: $0.member, span: span.start..<(span.end ?? timeline.range.upperBound)) }
        }
    }
}
