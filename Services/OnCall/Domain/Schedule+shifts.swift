package import Contracts
package import Foundation

extension Schedule {
    /// The turn that covers `instant`; nil before the rotation begins and for a role nobody has.
    package func shift(_ role: OnCallRole, at instant: Date) -> Shift? {
        let roster = roster(role)
        guard !roster.isEmpty, let slot = rotation.slot(at: instant) else { return nil }
        return shift(slot, roster)
    }

    /// The turns that share time with `range`, in order, whole, without gap or overlap.
    package func shifts(_ role: OnCallRole, in range: Range<Date>) -> [Shift] {
        let roster = roster(role)
        guard !roster.isEmpty else { return [] }
        return rotation.slots(in: range).map { shift($0, roster) }
    }

    private func shift(_ slot: Rotation.Slot, _ roster: [Member]) -> Shift {
        Shift(index: slot.index, member: roster[slot.index.remainder(cycle: roster.count)], start: slot.start, end: slot.end)
    }
}
