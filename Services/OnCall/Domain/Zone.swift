package import Foundation

/// An IANA time zone by its name, and the one conversion from wall clock to instant.
package struct Zone: Sendable, Hashable {
    /// As it was given: `America/New_York` or `UTC`. Foundation would call the latter `GMT`.
    package let name: String
    private let table: ZoneTable

    package static let utc = Zone(name: "UTC", table: ZoneTable(.gmt))

    /// Which release of the tz database the rules are from, such as `2025b`; Foundation carries its own.
    package static var dataVersion: String { TimeZone.timeZoneDataVersion }

    private init(name: String, table: ZoneTable) {
        self.name = name
        self.table = table
    }

    package static func == (left: Zone, right: Zone) -> Bool { left.name == right.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Takes `UTC` and `Area/Place` names of the tz database; abbreviations and fixed offsets are nil, for they know no daylight saving.
    package init?(_ name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        guard name.contains("/"), let table = ZoneTable.named(name) else { return nil }
        self.init(name: name, table: table)
    }

    /// What the wall clock shows at `instant`, in seconds since its own 1970-01-01 00:00.
    package func wallClock(at instant: Date) -> Int {
        wallClock(atSecond: Int(instant.timeIntervalSince1970.rounded(.down)))
    }

    package func date(at instant: Date) -> LocalDate {
        LocalDate(daysSince1970: wallClock(at: instant).quotient(cycle: 86_400))
    }

    /// The first instant at which the wall clock has reached `time` on `date`.
    ///
    /// So a time that daylight saving skips becomes the first valid instant after the gap, and one that comes twice is its first occurrence
    /// (GoAlert's `FirstOfDay`). The result never falls as `date` and `time` rise; two days may share an instant only where a whole day is
    /// missing (Apia, 2011-12-30).
    package func instant(_ date: LocalDate, _ time: LocalTime) -> Date {
        instant(wall: date.daysSince1970 * 86_400 + time.minuteOfDay * 60)
    }

    /// The first instant at which the wall clock has reached this many seconds since its own 1970-01-01 00:00.
    func instant(wall wanted: Int) -> Date {
        let early = wanted - table.offset(atSecond: wanted - Self.reach)
        if wallClock(atSecond: early) == wanted { return Self.date(early) }
        return instant(wall: wanted, notAfter: early)
    }

    /// Where what began at an earlier reading ends: as ``instant(wall:)``, but the last occurrence of a reading that comes twice (GoAlert's
    /// `LastOfDay`).
    func lastInstant(wall wanted: Int) -> Date {
        let late = wanted - table.offset(atSecond: wanted + Self.reach)
        if wallClock(atSecond: late) == wanted { return Self.date(late) }
        return instant(wall: wanted)
    }

    /// Further than any offset from UTC that a zone ever had, in seconds.
    private static let reach = 16 * 3600

    private func instant(wall wanted: Int, notAfter early: Int) -> Date {
        let late = wanted - table.offset(atSecond: wanted + Self.reach)
        if wallClock(atSecond: late) == wanted { return Self.date(late) }
        return Self.date(endOfGap(after: late, notAfter: early, skipping: wanted))
    }

    /// The clock jumped over `wanted` somewhere in (`before`, `end`]: bisects for the first second after the jump.
    private func endOfGap(after before: Int, notAfter end: Int, skipping wanted: Int) -> Int {
        var low = before
        var high = end
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if wallClock(atSecond: middle) < wanted { low = middle } else { high = middle }
        }
        return high
    }

    private func wallClock(atSecond second: Int) -> Int {
        second + table.offset(atSecond: second)
    }

    private static func date(_ second: Int) -> Date {
        Date(timeIntervalSince1970: Double(second))
    }
}
