package import Contracts
package import Foundation

extension Schedule {
    /// Who is on call at `instant`: the rotation's member, or the override that takes the primary's place; the override set last wins.
    package func duty(_ role: OnCallRole, at instant: Date, overrides: [Override]) -> DutySpan {
        let shift = shift(role, at: instant)
        let candidates = role == .primary ? overrides : []
        let acting = candidates.filter { $0.covers(instant) && $0.applies(to: shift) }.max { ($0.starts, $0.id) < ($1.starts, $1.id) }
        return DutySpan(
            duty: acting.map(Duty.override) ?? shift.map { .rotation($0.member) } ?? .nobody(absence(role)),
            start: instant,
            end: nextChange(role, after: instant, shift: shift, overrides: candidates)
        )
    }

    /// The duties that fill `range`, in order, each beginning where the one before it ends.
    package func timeline(_ role: OnCallRole, in range: Range<Date>, overrides: [Override]) -> [DutySpan] {
        var spans: [DutySpan] = []
        var instant = range.lowerBound
        while instant < range.upperBound {
            let span = duty(role, at: instant, overrides: overrides)
            let end = min(span.end ?? range.upperBound, range.upperBound)
            spans.append(DutySpan(duty: span.duty, start: instant, end: end))
            instant = end
        }
        return spans
    }

    private func absence(_ role: OnCallRole) -> Duty.Absence {
        roster(role).isEmpty ? .noMember : .notStarted
    }

    private func nextChange(_ role: OnCallRole, after instant: Date, shift: Shift?, overrides: [Override]) -> Date? {
        let handOff = shift?.end ?? (roster(role).isEmpty ? nil : rotation.begins)
        let bounds = overrides.flatMap { [$0.starts, $0.ends] } + (handOff.map { [$0] } ?? [])
        return bounds.filter { $0 > instant }.min()
    }
}
