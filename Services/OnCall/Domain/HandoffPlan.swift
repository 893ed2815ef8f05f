import Contracts
package import Foundation

/// What a team's rule asks to be told now, and when it asks next; a pure function of boards, rule and instant.
///
/// Nothing is planned ahead: a notice is reckoned at the moment it is due from what is in force then, so it follows every edit before.
package struct HandoffPlan: Sendable, Hashable {
    /// Due now. Of several leads that have passed only the shortest is told; of several past hand-offs of a person only the latest.
    package let due: [HandoffNotice]
    /// Every hand-off in sight, told or not: a waiting notice that is not among these is no longer true.
    package let facts: Set<HandoffNotice.Fact>
    /// The next instant at which anything is due if nothing changes.
    package let nextAt: Date

    /// Reckoned anew at least so often.
    package static let horizon: TimeInterval = 86_400
    /// How far a shift's end is looked for: the longest shifts people usually have.
    private static let sight: TimeInterval = 35 * 86_400

    /// The time whose boards the plan needs.
    package static func range(_ rule: HandoffRule, now: Date) -> Range<Date> {
        let lead = TimeInterval(60 * (rule.minutesAhead.last ?? 0))
        return now.addingTimeInterval(-HandoffNotice.longestDelay)..<now.addingTimeInterval(lead + sight)
    }

    /// - Parameter boards: those in force in ``range(_:now:)``, in the order of their times.
    package init(team: String, _ boards: [Board], _ rule: HandoffRule, now: Date) {
        let range = Self.range(rule, now: now)
        var due: [HandoffNotice] = []
        var facts: Set<HandoffNotice.Fact> = []
        var nextAt = now.addingTimeInterval(Self.horizon)
        for role in OnCallRole.allCases {
            let zone = boards.last?.zone(of: role) ?? .utc
            for change in Timeline(boards, role, in: range).handoffs where change.at > rule.since {
                let upcoming = rule.minutesAhead.map { change.at.addingTimeInterval(-60 * Double($0)) }.filter { $0 > now }
                nextAt = min(nextAt, upcoming.min() ?? nextAt)
                for (kind, member) in change.people where rule.audience.wants(kind) {
                    let fact = HandoffNotice.Fact(role: role, handle: member.handle.lowercased(), kind: kind, changeAt: change.at)
                    facts.insert(fact)
                    guard let lead = rule.lead(of: change.at, now: now) else { continue }
                    due.append(
                        HandoffNotice(
                            fact: fact, team: team, member: member, minutesAhead: lead, others: change.others(kind),
                            until: kind == .onCall ? change.end(of: member) : nil, zone: zone))
                }
            }
        }
        self.due = due.filter { notice in
            !due.contains { $0.fact != notice.fact && $0.fact.changeAt <= now && $0.supersedes(notice.fact, minutesAhead: 0, now: now) }
        }
        self.facts = facts
        self.nextAt = nextAt
    }
}

extension HandoffRule {
    /// By which lead a hand-off is told now; nil when none has come, or it is over and not told at the hand-off itself.
    fileprivate func lead(of change: Date, now: Date) -> Int? {
        let lead = minutesAhead.first { change.addingTimeInterval(-60 * Double($0)) <= now }
        return change <= now && lead != 0 ? nil : lead
    }
}

/// An instant at which other people are on call than before.
private struct Handoff {
    let at: Date
    let before: [Member]
    let after: [Member]
    /// The spans from the hand-off on.
    let rest: ArraySlice<DutySpan>

    /// Those who come and those who go.
    var people: [(HandoffNotice.Kind, Member)] {
        comers.map { (.onCall, $0) } + goers.map { (.offCall, $0) }
    }

    private var comers: [Member] { after.filter { !before.contains(person: $0) } }
    private var goers: [Member] { before.filter { !after.contains(person: $0) } }

    func others(_ kind: HandoffNotice.Kind) -> [String] {
        switch kind {
        case .onCall: goers.map(\.name)
        case .offCall: after.map(\.name)
        }
    }

    /// When somebody who comes on goes off again; nil beyond what is seen.
    func end(of member: Member) -> Date? {
        rest.first { !$0.duty.acting.map(\.member).contains(person: member) }?.start
    }
}

extension Timeline {
    fileprivate var handoffs: [Handoff] {
        zip(spans.indices, spans.indices.dropFirst()).compactMap { last, next in
            let before = spans[last].duty.acting.map(\.member)
            let after = spans[next].duty.acting.map(\.member)
            let isSame = before.allSatisfy { after.contains(person: $0) } && after.allSatisfy { before.contains(person: $0) }
            return isSame ? nil : Handoff(at: spans[next].start, before: before, after: after, rest: spans[next...])
        }
    }
}

extension [Member] {
    fileprivate func contains(person: Member) -> Bool {
        contains { $0.isSamePerson(as: person) }
    }
}
