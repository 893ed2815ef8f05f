import CIcal

/// A date or date-time of a calendar: what some clock shows.
struct CalendarStamp: Hashable {
    enum Clock: Hashable {
        case utc
        /// The reader's own.
        case floating
        case zone(String)
    }

    /// Seconds since the clock's own 1970-01-01 00:00.
    let reading: Int
    let isDate: Bool
    let clock: Clock

    static let day = 86_400

    init(reading: Int, isDate: Bool, clock: Clock) {
        self.reading = reading
        self.isDate = isDate
        self.clock = clock
    }

    /// - Parameter value: one of the values of `line`.
    init?(_ value: String, of line: ContentLine) {
        let time = icaltime_from_string(value)
        // No time is nobody's; a year that no clock in use has shown makes rules list centuries.
        guard icaltime_is_null_time(time) == 0, (1850...9998).contains(time.year) else { return nil }
        isDate = time.is_date != 0
        reading = Int(icaltime_as_timet(time))
        if value.hasSuffix("Z") {
            clock = .utc
        } else if !isDate, let zone = line.parameter("TZID") {
            clock = .zone(zone)
        } else {
            clock = .floating
        }
    }

    init?(_ line: ContentLine) {
        self.init(line.value, of: line)
    }

    func moved(to reading: Int) -> CalendarStamp { CalendarStamp(reading: reading, isDate: isDate, clock: clock) }
}

/// When an event takes place: it begins, and lasts so long on its own clock.
struct StampSpan {
    let start: CalendarStamp
    /// Seconds of the clock, or of real time where the end is told by another clock.
    let seconds: Int
}
