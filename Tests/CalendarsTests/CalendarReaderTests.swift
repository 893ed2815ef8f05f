import Calendars
import Foundation
import Testing

/// What calendars say, case by case; see `CalendarOracleTests` for many.
@Suite struct CalendarReaderTests {
    @Test(arguments: [
        // Whole days are of no zone.
        (event("DTSTART;VALUE=DATE:20260501"), ["2026-05-01/2026-05-02"]),
        (event("DTSTART;VALUE=DATE:20260501", "DTEND;VALUE=DATE:20260504"), ["2026-05-01/2026-05-04"]),
        (event("DTSTART;VALUE=DATE:20250103", "RRULE:FREQ=YEARLY"), ["2026-01-03/2026-01-04"]),
        // Times: UTC, a zone, the reader's own.
        (event("DTSTART:20260501T100000Z", "DTEND:20260501T120000Z"), ["2026-05-01T10:00:00Z/2026-05-01T12:00:00Z"]),
        (
            event("DTSTART;TZID=America/New_York:20260501T100000", "DURATION:PT2H"),
            ["2026-05-01T14:00:00Z/2026-05-01T16:00:00Z"]
        ),
        (event("DTSTART:20260501T100000", "DURATION:PT2H"), ["2026-05-01T08:00:00Z/2026-05-01T10:00:00Z"]),
        (
            event("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20260501T100000", "DURATION:PT2H"),
            ["2026-05-01T01:00:00Z/2026-05-01T03:00:00Z"]
        ),
        // A flight: it begins by one clock and ends by another.
        (
            event("DTSTART;TZID=Europe/Berlin:20260501T100000", "DTEND;TZID=America/New_York:20260501T130000"),
            ["2026-05-01T08:00:00Z/2026-05-01T17:00:00Z"]
        ),
        // What nobody knows is the reader's own, what takes no time is nothing.
        (event("DTSTART;TZID=Nowhere Standard Time:20260501T100000", "DURATION:PT1H"), ["2026-05-01T08:00:00Z/2026-05-01T09:00:00Z"]),
        (event("DTSTART:20260501T100000Z"), []),
        // The clock goes forward on 2026-03-29: nine stays nine.
        (
            event("DTSTART;TZID=Europe/Berlin:20260328T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
            ["2026-03-28T08:00:00Z/2026-03-28T09:00:00Z", "2026-03-29T07:00:00Z/2026-03-29T08:00:00Z"]
        ),
        // Taken out by a time of another clock, and by a day.
        (
            event("DTSTART;TZID=Europe/Berlin:20260601T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260602T070000Z"),
            ["2026-06-01T07:00:00Z/2026-06-01T08:00:00Z", "2026-06-03T07:00:00Z/2026-06-03T08:00:00Z"]
        ),
        (
            event("DTSTART:20260601T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260601,20260603"),
            ["2026-06-02T09:00:00Z/2026-06-02T10:00:00Z"]
        ),
        // More of them, one with an end of its own.
        (
            event("DTSTART:20260601T090000Z", "DURATION:PT1H", "RDATE;VALUE=PERIOD:20260605T090000Z/PT3H"),
            ["2026-06-01T09:00:00Z/2026-06-01T10:00:00Z", "2026-06-05T09:00:00Z/2026-06-05T12:00:00Z"]
        ),
        // Moved and cancelled, one by one; of two tellings the later counts.
        (
            event("DTSTART:20260601T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
                + "\r\n" + event("RECURRENCE-ID:20260602T090000Z", "STATUS:CANCELLED", "DTSTART:20260602T090000Z")
                + "\r\n" + event("RECURRENCE-ID:20260603T090000Z", "DTSTART:20260604T100000Z", "DURATION:PT2H", "SEQUENCE:2")
                + "\r\n" + event("RECURRENCE-ID:20260603T090000Z", "DTSTART:20260604T110000Z", "DURATION:PT2H", "SEQUENCE:1"),
            ["2026-06-01T09:00:00Z/2026-06-01T10:00:00Z", "2026-06-04T10:00:00Z/2026-06-04T12:00:00Z"]
        ),
        (event("DTSTART:20260501T100000Z", "DURATION:PT2H", "STATUS:CANCELLED", "RRULE:FREQ=DAILY"), []),
        // Outside of the window, and into it.
        (event("DTSTART:20251231T230000Z", "DURATION:PT2H"), ["2025-12-31T23:00:00Z/2026-01-01T01:00:00Z"]),
        (event("DTSTART:20270201T230000Z", "DURATION:PT2H"), []),
    ])
    func eventsTakePlaceWhenTheySay(_ text: String, _ spans: [String]) async throws {
        let content = try await read(calendar(text))
        #expect(content.spans == spans)
        #expect(content.skipped == 0)
    }

    /// Outlook's names mean nothing outside of Windows; the calendar brings what they mean.
    @Test func zoneIsReadFromTheCalendarItself() async throws {
        let zone = """
            BEGIN:VTIMEZONE\r
            TZID:Eastern Standard Time\r
            BEGIN:STANDARD\r
            DTSTART:16010101T020000\r
            TZOFFSETFROM:-0400\r
            TZOFFSETTO:-0500\r
            RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r
            END:STANDARD\r
            BEGIN:DAYLIGHT\r
            DTSTART:16010101T020000\r
            TZOFFSETFROM:-0500\r
            TZOFFSETTO:-0400\r
            RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r
            END:DAYLIGHT\r
            END:VTIMEZONE
            """
        let start = "DTSTART;TZID=\"Eastern Standard Time\":20260307T090000"
        let content = try await read(calendar(zone, event(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")))
        #expect(content.spans == ["2026-03-07T14:00:00Z/2026-03-07T15:00:00Z", "2026-03-08T13:00:00Z/2026-03-08T14:00:00Z"])
    }

    @Test func titlesAreKeptWhereTheyAreWantedOnly() async throws {
        let text = calendar(
            event("SUMMARY:New Year\\, of course", "DTSTART;VALUE=DATE:20260101", "DESCRIPTION:secret", "TRANSP:TRANSPARENT"))
        let named = try await read(text)
        #expect(named.occurrences.first?.title == "New Year, of course")
        #expect(named.occurrences.first?.isTransparent == true)
        #expect(!named.digest.contains("secret"))
        let unnamed = try await read(text, keepsTitles: false)
        #expect(unnamed.occurrences.first?.title == nil)
        #expect(!unnamed.digest.contains("New Year"))
    }

    @Test func digestReadsAsTheWholeDoes() async throws {
        let text = calendar(
            "X-WR-CALNAME:Alice", event("DTSTART;TZID=Europe/Berlin:20260601T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"),
            event("DTSTART;VALUE=DATE:20260501", uid: "2"))
        let whole = try await read(text)
        let again = try await read(Data(whole.digest.utf8))
        #expect(whole.spans.count == 4 && again.spans == whole.spans)
        #expect(again.digest == whole.digest)
    }
}
