package import Foundation

/// An IANA time zone by its name, and the one conversion from wall clock to instant.
package struct Zone: Sendable, Hashable {
    /// As it was given: `America/New_York` or `UTC`. Foundation would call the latter `GMT`.
    package let name: String
    private let rules: TimeZone

    package static let utc = Zone(name: "UTC", rules: .gmt)

    private init(name: String, rules: TimeZone) {
        self.name = name
        self.rules = rules
    }

    /// Takes `UTC` and `Area/Place` names of the tz database; abbreviations and fixed offsets are nil, for they know no daylight saving.
    package init?(_ name: String) {
        if name == "UTC" {
            self = .utc
            return
        }
        guard name.contains("/"), let rules = TimeZone(identifier: name) else { return nil }
        self.init(name: name, rules: rules)
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
        let wanted = date.daysSince1970 * 86_400 + time.minuteOfDay * 60
        return Date(timeIntervalSince1970: Double(firstSecond(showing: wanted)))
    }

    /// Further than any offset from UTC that a zone ever had, in seconds.
    private static let reach = 16 * 3600

    private func firstSecond(showing wanted: Int) -> Int {
        let early = wanted - offset(atSecond: wanted - Self.reach)
        if wallClock(atSecond: early) == wanted { return early }
        let late = wanted - offset(atSecond: wanted + Self.reach)
        if wallClock(atSecond: late) == wanted { return late }
        return endOfGap(after: late, notAfter: early, skipping: wanted)
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
        second + offset(atSecond: second)
    }

    private func offset(atSecond second: Int) -> Int {
        rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }
}
