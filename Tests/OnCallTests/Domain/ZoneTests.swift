import Contracts
import Foundation
import OnCall
import Testing

/// Every wall-clock time becomes one instant: the first at which the clock has reached it.
@Suite struct ZoneTests {
    /// What is read of a zone is remembered by its name, which a client gave: so a zone must have few of them.
    @Test(arguments: [
        "europe/berlin", "EUROPE/BERLIN", "Europe/BERLIN", "Europe//Berlin", "./Europe/Berlin", "Europe/Berlin ", "Etc/gmt+1", "GMT+1/2",
    ])
    func aZoneHasOneSpelling(_ name: String) {
        #expect(Zone(name) == nil)
    }

    /// Expected values from Python's zoneinfo, found by walking minute by minute; gaps, folds, half-hour and whole-day jumps among them.
    static let instants: [(zone: String, date: String, time: String, expected: String)] = [
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
        ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-03-08", "03:00", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z"),
        ("America/New_York", "2026-11-01", "01:00", "2026-11-01T05:00:00Z"),
        ("Europe/London", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"),
        ("Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30:00Z"),
        ("Europe/London", "2026-10-25", "01:00", "2026-10-25T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04T15:30:00Z"),
        ("America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30:00Z"),
        ("America/Santiago", "2026-04-05", "00:00", "2026-04-05T04:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "09:00", "2011-12-30T19:00:00Z"),
        ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59:00Z"),
        ("Pacific/Chatham", "2026-09-27", "02:45", "2026-09-26T14:00:00Z"),
        ("Pacific/Chatham", "2026-04-05", "03:00", "2026-04-04T13:15:00Z"),
        ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30:00Z"),
        ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00:00Z"),
        ("Asia/Tehran", "2022-03-22", "00:30", "2022-03-21T20:30:00Z"),
        ("Asia/Tehran", "2022-09-21", "23:30", "2022-09-21T19:00:00Z"),
        ("Asia/Kathmandu", "2026-06-01", "00:00", "2026-05-31T18:15:00Z"),
        ("UTC", "2026-03-08", "02:30", "2026-03-08T02:30:00Z"),
        ("Asia/Kolkata", "2026-01-01", "09:00", "2026-01-01T03:30:00Z"),
        ("America/New_York", "2037-11-01", "01:30", "2037-11-01T05:30:00Z"),
    ]

    @Test(arguments: instants)
    func wallClockTimeBecomesItsFirstInstant(_ row: (zone: String, date: String, time: String, expected: String)) throws {
        let zone = try #require(Zone(row.zone))
        let instant = zone.instant(try #require(LocalDate(row.date)), try #require(LocalTime(row.time)))
        #expect(instant.rfc3339 == row.expected)
    }

    @Test(arguments: ["UTC", "Etc/UTC", "America/New_York", "US/Eastern", "Asia/Calcutta", "America/Argentina/Buenos_Aires"])
    func ianaNamesAreZones(_ name: String) {
        #expect(Zone(name)?.name == name)
    }

    @Test(arguments: ["", "EST", "GMT+0200", "+02:00", "Mars/Phobos", "europe/london", "Europe/Berlin ", "../etc/passwd", "utc"])
    func otherNamesAreNot(_ name: String) {
        #expect(Zone(name) == nil)
    }
}
