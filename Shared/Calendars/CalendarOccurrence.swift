package import Foundation

/// One time at which an event of a calendar takes place.
package struct CalendarOccurrence: Sendable, Hashable {
    package enum Span: Sendable, Hashable {
        case time(Range<Date>)
        /// Whole days, counted from 1970-01-01, of whatever zone the reader is in.
        case days(Range<Int>)
    }

    package let title: String?
    package let span: Span
    /// Whether the calendar shows its owner as free meanwhile (`TRANSP:TRANSPARENT`).
    package let isTransparent: Bool
}

/// What a calendar says about a window of time.
package struct CalendarContent: Sendable, Hashable {
    /// In no order.
    package let occurrences: [CalendarOccurrence]
    /// Events that could not be read, or whose rules are refused.
    package let skipped: Int
    /// What of the calendar was heeded, as iCalendar: reads as the whole does, and lacks what nobody needs to keep.
    package let digest: String
}
