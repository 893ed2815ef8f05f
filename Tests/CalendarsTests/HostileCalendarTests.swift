import Calendars
import Foundation
import Testing

/// Calendars that somebody wrote to hurt (reliability, hostile input 79): each ends, soon, and none takes the process with it.
@Suite struct HostileCalendarTests {
    @Test(arguments: [
        "RRULE:FREQ=SECONDLY", "RRULE:FREQ=MINUTELY;COUNT=1000000000", "RRULE:FREQ=HOURLY", "RRULE:freq=secondly;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3,4,5;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:RSCALE=CHINESE;FREQ=YEARLY", "RRULE:FREQ=DAILY;INTERVAL=99999999999", "RRULE:FREQ=DAILY;FREQ=SECONDLY", "RRULE:nonsense",
        "RRULE:FREQ=DAILY;COUNT=-1",
        "RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY\r\nRRULE:FREQ=MONTHLY\r\nRRULE:FREQ=YEARLY\r\nRRULE:FREQ=YEARLY",
        "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11", "RECURRENCE-ID:nonsense",
    ])
    func eventWithARuleThatNobodyFollowsIsSkippedAlone(_ rule: String) async throws {
        let content = try await read(
            calendar(event("DTSTART:20260501T100000Z", "DURATION:PT1H", rule), event("DTSTART;VALUE=DATE:20260501", uid: "2")))
        #expect(content.spans == ["2026-05-01/2026-05-02"])
        #expect(content.skipped == 1)
    }

    @Test(arguments: [
        ("RRULE:FREQ=DAILY;COUNT=1000000000", 214), ("RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", 214),
        ("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1), ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1),
        ("RRULE:FREQ=DAILY\r\nEXRULE:FREQ=DAILY", 214), ("RRULE:FREQ=DAILY\r\nEXDATE:20260602T100000Z\r\nEXDATE:20260602T100000Z", 213),
        ("RRULE:FREQ=YEARLY;INTERVAL=32767", 1),
    ])
    func hugeAndHopelessRulesEndWithTheWindow(_ rule: String, _ count: Int) async throws {
        let content = try await read(calendar(event("DTSTART:20260601T100000Z", "DURATION:PT1H", rule)))
        #expect(content.spans.count == count)
        #expect(content.skipped == 0)
    }

    @Test(arguments: [
        ("", CalendarFault.notACalendar), ("<html><body>Sign in</body></html>", .notACalendar), ("BEGIN:VCARD\r\nEND:VCARD", .notACalendar),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260501T100000Z", .cutOff), ("BEGIN:VCALENDAR\r\nEND:VEVENT", .malformed),
        ("BEGIN:VCALENDAR\r\n" + String(repeating: "BEGIN:VEVENT\r\n", count: 70_000), .malformed),
        ("BEGIN:VCALENDAR\r\nBEG\r\n IN:VEVENT\r\nEND:VCALENDAR", .malformed),
        (
            "BEGIN:VCALENDAR\r\n" + String(repeating: "BEGIN:VEVENT\r\nEND:VEVENT\r\n", count: 5001) + "END:VCALENDAR\r\n",
            .tooManyEvents
        ),
    ])
    func whatIsNoWholeCalendarIsRefused(_ text: String, _ fault: CalendarFault) async throws {
        await #expect(throws: fault) { try await read(Data(text.utf8)) }
    }

    @Test func tenMegabytesAndOtherCharactersAreRefused() async throws {
        await #expect(throws: CalendarFault.tooLarge) { try await read(Data(repeating: 65, count: 10 << 20)) }
        await #expect(throws: CalendarFault.notACalendar) { try await read(calendar("X-NAME:") + Data([0xFF, 0xFE])) }
    }

    /// Each is harmless alone.
    @Test func manySlowRulesAreGivenUpTogether() async throws {
        let rule = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
        let slow = (0..<2000).map { event("DTSTART:20260601T100000Z", "DURATION:PT1H", rule, uid: "\($0)") }
        let start = ContinuousClock.now
        await #expect(throws: CalendarFault.tooComplex) { try await read(calendar(slow.joined(separator: "\r\n"))) }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func manyOccurrencesTogetherAreRefused() async throws {
        let daily = (0..<100).map { event("DTSTART:20250601T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid: "\($0)") }
        await #expect(throws: CalendarFault.tooManyOccurrences) { try await read(calendar(daily.joined(separator: "\r\n"))) }
    }

    /// libical lists every change of a zone from the first on: a zone that changes each second is none.
    @Test(arguments: [
        "FREQ=SECONDLY", "FREQ=YEARLY;BYHOUR=0,1,2;BYMINUTE=0,1", "FREQ=DAILY", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=MO", "",
    ])
    func zoneThatNeverRestsIsNotComputed(_ rule: String) async throws {
        let zone = [
            "BEGIN:VTIMEZONE", "TZID:Restless", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000",
            "RRULE:\(rule)", "END:STANDARD", "END:VTIMEZONE",
        ].joined(separator: "\r\n")
        let content = try await read(calendar(zone, event("DTSTART;TZID=Restless:20260501T100000", "DURATION:PT1H")))
        #expect(content.spans == ["2026-05-01T08:00:00Z/2026-05-01T09:00:00Z"])
    }

    /// Each zone is harmless alone; those beyond the bound are the reader's own.
    @Test func manyZonesAreNotAllComputed() async throws {
        let change = [
            "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0500", "TZOFFSETTO:+0500", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1MO",
            "END:STANDARD",
        ].joined(separator: "\r\n")
        let zones = (0..<30).map { number in
            let changes = repeatElement(change, count: 40).joined(separator: "\r\n")
            let use = event("DTSTART;TZID=Zone \(number):20260501T100000", "DURATION:PT1H", uid: "\(number)")
            return "BEGIN:VTIMEZONE\r\nTZID:Zone \(number)\r\n\(changes)\r\nEND:VTIMEZONE\r\n\(use)"
        }
        let start = ContinuousClock.now
        let content = try await read(calendar(zones.joined(separator: "\r\n")))
        let own = repeatElement("2026-05-01T08:00:00Z/2026-05-01T09:00:00Z", count: 28)
        #expect(content.spans == Array(repeatElement("2026-05-01T05:00:00Z/2026-05-01T06:00:00Z", count: 2)) + own)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func garbageOfAllKindsEnds() async throws {
        var generator = Seeded(state: 79)
        let parts = [
            "BEGIN:", "END:", "VEVENT", "VCALENDAR", "VTIMEZONE", "STANDARD", "\r\n", "\n ", "DTSTART", ";TZID=", ";VALUE=DATE", ":",
            "20260501",
            "T100000Z", "RRULE:FREQ=", "DAILY", "YEARLY", ";COUNT=", ";UNTIL=", ";BYDAY=", "-1SU", "999", "EXDATE:", "RDATE:", "DURATION:P",
            "1D", ",",
            "/", "\"", "\\", "\u{0}", "é", "RECURRENCE-ID:", "TZOFFSETTO:", "+0100", "-9999", "P", "=", ";",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...60, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            let whole = Bool.random(using: &generator) ? calendar(event("DTSTART:20260501T100000Z", text)) : Data(text.utf8)
            _ = try? await read(whole)
        }
    }
}

private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
