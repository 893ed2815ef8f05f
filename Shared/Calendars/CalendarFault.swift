/// Why a calendar was not read; nothing of the calendar is in it.
package enum CalendarFault: String, Error, Sendable, Hashable, CaseIterable {
    case tooLarge = "too_large"
    /// Not UTF-8, or no iCalendar at all: a sign-in page, say.
    case notACalendar = "not_a_calendar"
    /// It ends in the middle; what is missing would look deleted.
    case cutOff = "cut_off"
    /// Components end that did not begin, or lie in each other without end.
    case malformed
    case tooManyEvents = "too_many_events"
    case tooManyOccurrences = "too_many_occurrences"
    /// To list what it says takes too long.
    case tooComplex = "too_complex"
}
