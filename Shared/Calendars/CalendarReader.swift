import CIcal
package import Foundation
import Threads

/// Reads calendars with libical, one at a time: an actor on a thread of its own, since libical is C with state that all its callers share.
package actor CalendarReader {
    private let executor = ThreadExecutor(name: "calendars")

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init() {}

    deinit { executor.close {} }

    /// What `bytes` say about `window`.
    ///
    /// Recurrences are listed with `RDATE`, `EXDATE`, and occurrences that were changed or cancelled one by one (`RECURRENCE-ID`, without its
    /// `RANGE`). What `STATUS` cancels is left out. A `TZID` is looked for in the tz database, then in the calendar itself, else it is `zone`.
    /// - Parameters:
    ///   - zone: the reader's own, for times that name none.
    ///   - keepsTitles: whether titles are read and kept; a private calendar's are nobody's business.
    /// - Throws: ``CalendarFault``.
    package func read(
        _ bytes: some Collection<UInt8> & Sendable, in window: Range<Date>, zone: TimeZone, keepsTitles: Bool
    ) throws(CalendarFault) -> CalendarContent {
        // What cannot be read is skipped; the library's other way is to abort the process.
        icalerror_set_errors_are_fatal(0)
        let screen = try CalendarScreen(bytes, keepsTitles: keepsTitles)
        var expansion = CalendarExpansion(window: window, clocks: FeedClocks(described: screen.zones, own: zone))
        try expansion.add(screen.events)
        return CalendarContent(occurrences: expansion.occurrences, skipped: expansion.skipped, digest: screen.digest)
    }
}
