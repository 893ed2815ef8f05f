package import Foundation

/// When shifts change: the clockwork of a schedule, without its people.
///
/// A hand-off is always at the same wall-clock time of its zone, so a shift over a daylight-saving change is an hour longer or shorter. Shift
/// `n` ends where shift `n + 1` begins, and each bound is computed from the original start, never from the bound before it: O(1) at any instant.
package struct Rotation: Sendable, Hashable {
    package let kind: RotationKind
    package let zone: Zone
    package let handoffTime: LocalTime
    /// Nil for daily rotations.
    package let handoffDay: Weekday?
    /// The first shift's day. When it is not a hand-off day, the first shift is short.
    package let start: LocalDate
    private let anchor: LocalDate

    /// - Parameter handoffDay: the weekday of `start` when nil; ignored by daily rotations.
    package init(kind: RotationKind, zone: Zone, handoffTime: LocalTime, handoffDay: Weekday? = nil, start: LocalDate) {
        let day = kind.hasHandoffDay ? handoffDay ?? start.weekday : nil
        self.kind = kind
        self.zone = zone
        self.handoffTime = handoffTime
        self.handoffDay = day
        self.start = start
        anchor = day.map(start.last) ?? start
    }

    /// One shift's number, counted from the start, and its bounds `[start, end)`.
    package struct Slot: Sendable, Hashable {
        package let index: Int
        package let start: Date
        package let end: Date
    }

    /// Before this instant nobody is on call.
    package var begins: Date { zone.instant(start, handoffTime) }

    /// The slot that covers `instant`; nil before the rotation begins.
    package func slot(at instant: Date) -> Slot? {
        guard instant >= begins else { return nil }
        var index = clockDifference(at: instant).quotient(cycle: kind.days * 86_400)
        // A clock put back reads earlier than the hand-off it has passed already; it never reads later, since a hand-off is the first instant
        // at which the clock has reached its time.
        while handOff(index + 1) <= instant { index += 1 }
        return slot(index)
    }

    /// The slots that share time with `range`, in order, whole; consecutive ones meet exactly.
    package func slots(in range: Range<Date>) -> [Slot] {
        guard var slot = slot(at: max(range.lowerBound, begins)) else { return [] }
        var slots: [Slot] = []
        while slot.start < range.upperBound {
            // A day that a zone skipped whole leaves a slot without time.
            if slot.end > slot.start { slots.append(slot) }
            slot = self.slot(slot.index + 1)
        }
        return slots
    }

    private func slot(_ index: Int) -> Slot {
        Slot(index: index, start: max(begins, handOff(index)), end: handOff(index + 1))
    }

    private func handOff(_ index: Int) -> Date {
        zone.instant(anchor.adding(days: index * kind.days), handoffTime)
    }

    /// Seconds on the wall clock since hand-off 0, as if daylight saving did not exist.
    private func clockDifference(at instant: Date) -> Int {
        zone.wallClock(at: instant) - anchor.daysSince1970 * 86_400 - handoffTime.minuteOfDay * 60
    }
}

extension Rotation {
    /// The day of the latest hand-off at or before `now`, for a schedule that does not say when it starts.
    package static func lastHandoff(_ kind: RotationKind, _ zone: Zone, _ time: LocalTime, _ day: Weekday?, before now: Date) -> LocalDate {
        let today = zone.date(at: now)
        guard let day, kind.hasHandoffDay else {
            return zone.instant(today, time) <= now ? today : today.adding(days: -1)
        }
        let latest = today.last(day)
        return zone.instant(latest, time) <= now ? latest : latest.adding(days: -7)
    }
}
