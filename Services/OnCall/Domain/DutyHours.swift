package import Foundation

/// Time on call, and how much of it fell into nights, weekends and holidays; an hour of a Saturday night counts in both.
package struct DutyHours: Sendable, Hashable {
    /// Seconds and the local days they touch.
    package struct Tally: Sendable, Hashable {
        package private(set) var seconds: TimeInterval = 0
        /// A night is called by the day on which it begins.
        package private(set) var days: Set<LocalDate> = []

        fileprivate mutating func add(_ seconds: TimeInterval, on day: LocalDate) {
            guard seconds > 0 else { return }
            self.seconds += seconds
            days.insert(day)
        }
    }

    /// What counts as night, on the wall clock of the duty's zone.
    package struct Night: Sendable, Hashable {
        package let from: LocalTime
        package let to: LocalTime

        /// - Returns: Nil when both are the same time, which could mean never or always.
        package init?(from: LocalTime, to: LocalTime) {
            guard from != to else { return nil }
            self.from = from
            self.to = to
        }
    }

    package private(set) var seconds: TimeInterval = 0
    package private(set) var nights = Tally()
    package private(set) var weekends = Tally()
    package private(set) var holidays = Tally()

    package init() {}

    /// Adds a piece of duty, real seconds each: the night in which the clock is put back is an hour longer.
    mutating func add(_ piece: Range<Date>, _ zone: Zone, night: Night, isHoliday: (LocalDate) -> Bool) {
        seconds += piece.upperBound.timeIntervalSince(piece.lowerBound)
        // From the day before: its night reaches into the first day.
        var day = zone.date(at: piece.lowerBound).adding(days: -1)
        let last = zone.date(at: piece.upperBound)
        while day <= last {
            let whole = piece.shared(with: zone.instant(wall: day.wall), zone.instant(wall: day.adding(days: 1).wall))
            if day.weekday == .saturday || day.weekday == .sunday { weekends.add(whole, on: day) }
            if isHoliday(day) { holidays.add(whole, on: day) }
            let dawn = night.to.minuteOfDay <= night.from.minuteOfDay ? day.adding(days: 1) : day
            let begins = zone.instant(wall: day.wall + night.from.minuteOfDay * 60)
            nights.add(piece.shared(with: begins, zone.lastInstant(wall: dawn.wall + night.to.minuteOfDay * 60)), on: day)
            day = day.adding(days: 1)
        }
    }
}

extension LocalDate {
    /// Midnight in seconds of the wall clock.
    fileprivate var wall: Int { daysSince1970 * 86_400 }
}

extension Range<Date> {
    /// Seconds that lie in `[start, end)` too.
    fileprivate func shared(with start: Date, _ end: Date) -> TimeInterval {
        Swift.max(0, Swift.min(upperBound, end).timeIntervalSince(Swift.max(lowerBound, start)))
    }
}
