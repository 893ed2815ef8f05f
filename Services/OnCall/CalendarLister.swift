import Calendars
package import Foundation

/// Makes entries of a calendar: what it says about who is off.
package struct CalendarLister: Sendable {
    private let reader = CalendarReader()

    package init() {}

    /// Time off is what the calendar shows as busy; holidays count whether they are shown as free or not, as most public calendars show them.
    ///
    /// Titles are read of holidays only: why somebody is away is nobody's business.
    /// - Throws: `CalendarFault`.
    package func list(_ text: Data, kind: CalendarFeed.Kind, zone: Zone, now: Date) async throws -> CalendarFeedStore.Listing {
        guard let rules = TimeZone(identifier: zone.name) else { throw UnknownZone() }
        let window = CalendarFeed.window(at: now)
        let content = try await reader.read(text, in: window, zone: rules, keepsTitles: kind == .holiday)
        let counted = content.occurrences.filter { kind == .holiday || !$0.isTransparent }
        let entries = counted.compactMap { CalendarEntry($0, zone) }.sorted {
            ($0.span.lowerBound, $0.span.upperBound, $0.title ?? "") < ($1.span.lowerBound, $1.span.upperBound, $1.title ?? "")
        }
        if kind == .holiday,
            entries.reduce(0, { $0 + $1.days.upperBound.daysSince1970 - $1.days.lowerBound.daysSince1970 }) > Holidays.mostOfFeed
        {
            throw CalendarFault.tooManyOccurrences
        }
        return CalendarFeedStore.Listing(content: content.digest, entries: entries, skipped: content.skipped)
    }

    private struct UnknownZone: Error {}
}

extension CalendarEntry {
    /// Nil for a day that its zone never had.
    fileprivate init?(_ occurrence: CalendarOccurrence, _ zone: Zone) {
        let span: Range<Date>
        let days: Range<LocalDate>
        switch occurrence.span {
        case .time(let range):
            span = range
            days = zone.days(of: range)
        case .days(let numbers):
            days = LocalDate(daysSince1970: numbers.lowerBound)..<LocalDate(daysSince1970: numbers.upperBound)
            span = zone.span(of: days)
        }
        guard !span.isEmpty else { return nil }
        self.init(title: occurrence.title, span: span, days: days)
    }
}
