package import Contracts
package import Foundation

/// Somebody's wish that a conflict be covered.
package struct CoverWish: Sendable, Hashable {
    package let team: String
    package let role: OnCallRole
    /// Who is off, by name or e-mail.
    package let absent: String
    package let starts: Date
    package let ends: Date
    /// Who covers, by name or e-mail; nil asks the fair pick.
    package let cover: String?

    package init(team: String, role: OnCallRole, absent: String, starts: Date, ends: Date, cover: String?) {
        self.team = team
        self.role = role
        self.absent = absent
        self.starts = starts
        self.ends = ends
        self.cover = cover
    }

    /// Times are written to the millisecond, rounded down: a conflict that is named begins and ends up to so much later.
    private static let grain: TimeInterval = 0.001

    /// In which the conflict is looked for; what is past cannot be covered any more.
    package func range(at now: Date) -> Range<Date> {
        let start = max(starts.addingTimeInterval(-Self.grain), now)
        return start..<max(start, ends.addingTimeInterval(Self.grain))
    }

    /// The conflict that is meant: all of it, or the named part of a longer one.
    package func conflict(of plan: CoverPlan, at now: Date) -> CoverConflict? {
        let range = range(at: now)
        let found = plan.conflicts(in: range).first { conflict in
            means(conflict, plan) && conflict.span.lowerBound <= max(starts, now).addingTimeInterval(Self.grain)
                && conflict.span.upperBound >= ends.addingTimeInterval(-Self.grain)
        }
        guard let found else { return nil }
        // A bound of the range is none of the conflict's: that goes on beyond what was named.
        let start = found.span.lowerBound == range.lowerBound ? max(starts, now) : found.span.lowerBound
        let end = found.span.upperBound == range.upperBound ? ends : found.span.upperBound
        guard start < end else { return nil }
        return plan.conflicts(in: start..<end).first { means($0, plan) && $0.span == start..<end }
    }

    private func means(_ conflict: CoverConflict, _ plan: CoverPlan) -> Bool {
        conflict.role == role && plan.means(absent, conflict.member)
    }
}
