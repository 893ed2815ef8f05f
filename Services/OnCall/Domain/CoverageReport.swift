package import Contracts
package import Foundation

/// How much of a time a team is covered, where it is not and why, and how good its schedule is.
package struct CoverageReport: Sendable, Hashable {
    package struct Share: Sendable, Hashable {
        package let role: OnCallRole
        /// 0 to 1.
        package let share: Double
        package let covered: TimeInterval
        package let uncovered: TimeInterval
    }

    package struct Gap: Sendable, Hashable {
        package let role: OnCallRole
        package let absence: Duty.Absence
        package let start: Date
        package let end: Date
    }

    /// Four weeks show every gap that comes again with the weeks.
    package static let usual: TimeInterval = 28 * 86_400
    /// More gaps nobody reads; ``gapCount`` counts them all.
    package static let mostGaps = 500

    package let range: Range<Date>
    package let shares: [Share]
    /// In order of time.
    package let gaps: [Gap]
    package let gapCount: Int
    /// Of the primaries, who are paged first.
    package let quality: ScheduleQuality
    /// Primaries of the schedule who are never on call within the period of ``quality``.
    package let neverOnCall: [Member]

    /// - Parameter boards: those in force in ``reach(of:)``, in the order of their times.
    package init(_ boards: [Board], in range: Range<Date>) {
        self.range = range
        let year = range.lowerBound..<range.lowerBound.addingTimeInterval(ScheduleQuality.period)
        let timelines = OnCallRole.allCases.map { (role: $0, timeline: Timeline(boards, $0, in: range)) }
        // A role that nobody has is nobody's gap.
        let wanted = timelines.filter { role, timeline in
            role == .primary || timeline.covered > 0 || boards.contains { $0.schedule.layers.contains { $0.role == role } }
        }
        let whole = range.upperBound.timeIntervalSince(range.lowerBound)
        shares = wanted.map { role, timeline in
            Share(role: role, share: timeline.share, covered: timeline.covered, uncovered: whole - timeline.covered)
        }
        let all = wanted.flatMap { role, timeline in
            timeline.gaps.compactMap { span in
                span.duty.absence.map { Gap(role: role, absence: $0, start: span.start, end: span.end ?? range.upperBound) }
            }
        }
        gapCount = all.count
        gaps = Array(all.sorted { $0.start < $1.start }.prefix(Self.mostGaps))
        quality = ScheduleQuality(Timeline(boards, .primary, in: year))
        let busy = quality.loads.map(\.member)
        let roster = boards.last?.schedule.members ?? []
        neverOnCall = roster.filter { member in
            member.role == .primary && !member.isShadow && !busy.contains { $0.isSamePerson(as: member) }
        }
    }

    /// The time a report on `range` looks at: the range itself and the period of the quality.
    package static func reach(of range: Range<Date>) -> Range<Date> {
        range.lowerBound..<max(range.upperBound, range.lowerBound.addingTimeInterval(ScheduleQuality.period))
    }
}
