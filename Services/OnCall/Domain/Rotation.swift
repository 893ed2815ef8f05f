package import Foundation

/// When turns change by the clock: the clockwork of a layer, without its people.
///
/// A hand-off is always at the same wall-clock time of its zone, so a turn over a daylight-saving change is an hour longer or shorter; only
/// those counted in hours are real hours. Turn `n` ends where turn `n + 1` begins, and each bound is computed from the original start, never
/// from the bound before it: O(1) at any instant, and the 31st is the 31st again after a short month.
package struct Rotation: Sendable, Hashable {
    package let cadence: Cadence
    package let zone: Zone
    package let handoffTime: LocalTime
    /// Nil unless turns are counted in weeks.
    package let handoffDay: Weekday?
    /// The first turn's day. When it is not a hand-off day, the first turn is short.
    package let start: LocalDate
    private let anchor: LocalDate

    /// - Parameter handoffDay: the weekday of `start` when nil; ignored unless turns are counted in weeks.
    package init(cadence: Cadence, zone: Zone, handoffTime: LocalTime, handoffDay: Weekday? = nil, start: LocalDate) {
        let day = cadence.hasHandoffDay ? handoffDay ?? start.weekday : nil
        self.cadence = cadence
        self.zone = zone
        self.handoffTime = handoffTime
        self.handoffDay = day
        self.start = start
        anchor = day.map(start.last) ?? start
    }

    /// One turn's number, counted from the start, and its bounds `[start, end)`.
    package struct Slot: Sendable, Hashable {
        package let index: Int
        package let start: Date
        package let end: Date
    }

    /// Before this instant nobody is on call.
    package var begins: Date { zone.instant(start, handoffTime) }

    /// The slot that covers `instant`; nil before the rotation begins.
    package func slot(at instant: Date) -> Slot? {
        let begins = begins
        guard instant >= begins else { return nil }
        var index = estimate(at: instant)
        // A clock put back reads earlier than the hand-off it has passed already; it never reads later, since a hand-off is the first instant
        // at which the clock has reached its time.
        var next = handOff(index + 1)
        while next <= instant {
            index += 1
            next = handOff(index + 1)
        }
        return Slot(index: index, start: max(begins, handOff(index)), end: next)
    }

    private func handOff(_ index: Int) -> Date {
        switch cadence.unit {
        case .hourly: begins.addingTimeInterval(Double(index * cadence.length * 3600))
        case .daily: zone.instant(anchor.adding(days: index * cadence.length), handoffTime)
        case .weekly: zone.instant(anchor.adding(days: index * cadence.length * 7), handoffTime)
        case .monthly: zone.instant(anchor.adding(months: index * cadence.length), handoffTime)
        }
    }

    /// The number of the slot at `instant`, or one a little before it.
    private func estimate(at instant: Date) -> Int {
        switch cadence.unit {
        case .hourly: Int((instant.timeIntervalSince(begins) / Double(cadence.length * 3600)).rounded(.down))
        case .daily: clockDifference(at: instant).quotient(cycle: cadence.length * 86_400)
        case .weekly: clockDifference(at: instant).quotient(cycle: cadence.length * 7 * 86_400)
        case .monthly: (zone.date(at: instant).monthNumber - anchor.monthNumber - 1).quotient(cycle: cadence.length)
        }
    }

    /// Seconds on the wall clock since hand-off 0, as if daylight saving did not exist.
    private func clockDifference(at instant: Date) -> Int {
        zone.wallClock(at: instant) - anchor.daysSince1970 * 86_400 - handoffTime.minuteOfDay * 60
    }
}

extension Rotation {
    /// The day of the latest hand-off at or before `now`, for a rotation that does not say when it starts.
    package static func lastHandoff(_ cadence: Cadence, _ zone: Zone, _ time: LocalTime, _ day: Weekday?, before now: Date) -> LocalDate {
        let today = zone.date(at: now)
        guard let day, cadence.hasHandoffDay else {
            return zone.instant(today, time) <= now ? today : today.adding(days: -1)
        }
        let latest = today.last(day)
        return zone.instant(latest, time) <= now ? latest : latest.adding(days: -7)
    }
}
