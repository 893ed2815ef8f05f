import Contracts
import Foundation
import OnCall
import Testing

@Suite struct FeedDocumentTests {
    private func event(_ summary: String = "On call", until ends: String = "2026-03-09T09:00:00Z", unknown: Bool = false) throws
        -> FeedEvent
    {
        FeedEvent(
            uid: "1@tocsin", summary: summary, description: unknown ? "goes on" : nil, starts: try instant("2026-03-02T09:00:00.750Z"),
            ends: try instant(ends), changedAt: try instant("2026-03-01T00:00:00Z"))
    }

    @Test func aShiftIsAnEventInUTCWithItsReminders() throws {
        let document = FeedDocument(title: "On call: a, b", events: [try event()], reminders: [1440, 15])
        let expected = """
            BEGIN:VCALENDAR
            PRODID:-//Tocsin//On call//EN
            VERSION:2.0
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            X-WR-CALNAME:On call: a\\, b
            X-PUBLISHED-TTL:PT1H
            REFRESH-INTERVAL;VALUE=DURATION:PT1H
            BEGIN:VEVENT
            UID:1@tocsin
            DTSTAMP:20260301T000000Z
            DTSTART:20260302T090000Z
            DTEND:20260309T090000Z
            SUMMARY:On call
            TRANSP:TRANSPARENT
            BEGIN:VALARM
            ACTION:DISPLAY
            DESCRIPTION:On call
            TRIGGER:-PT1440M
            END:VALARM
            BEGIN:VALARM
            ACTION:DISPLAY
            DESCRIPTION:On call
            TRIGGER:-PT15M
            END:VALARM
            END:VEVENT
            END:VCALENDAR

            """
        #expect(document.text.utf8.elementsEqual(expected.replacing("\n", with: "\r\n").utf8), "\(document.text)")
    }

    @Test func anUnknownEndIsSaid() throws {
        #expect(FeedDocument(title: "x", events: [try event(unknown: true)], reminders: []).text.contains("DESCRIPTION:goes on\r\n"))
        #expect(!FeedDocument(title: "x", events: [try event()], reminders: []).text.contains("DESCRIPTION"))
    }

    @Test func whatLastsLessThanASecondIsNoEvent() throws {
        let brief = try event(until: "2026-03-02T09:00:00.990Z")
        #expect(!FeedDocument(title: "x", events: [brief], reminders: [5]).text.contains("VEVENT"))
    }

    @Test func otherBytesHaveAnotherTag() throws {
        let one = FeedDocument(title: "x", events: [try event()], reminders: [])
        #expect(one.entityTag == FeedDocument(title: "x", events: [try event()], reminders: []).entityTag)
        #expect(one.entityTag != FeedDocument(title: "x", events: [try event("On calm")], reminders: []).entityTag)
        #expect(one.entityTag.hasPrefix("\"") && one.entityTag.hasSuffix("\"") && one.entityTag.count > 20)
    }
}
