import Foundation

/// The clocks that a calendar's times are told by.
struct FeedClocks {
    private let described: [String: [ContentLine]]
    private let own: WallClock
    private var known: [String: WallClock] = [:]
    private var observances = 0

    init(described: [String: [ContentLine]], own: TimeZone) {
        self.described = described
        self.own = .named(own)
    }

    mutating func clock(_ clock: CalendarStamp.Clock) -> WallClock {
        switch clock {
        case .utc: .utc
        case .floating: own
        case .zone(let name): named(name)
        }
    }

    /// Seconds since 1970.
    mutating func instant(of stamp: CalendarStamp) -> Int {
        clock(stamp.clock).instant(of: stamp.reading)
    }

    /// What the clock of `other` shows when `stamp` comes. Days are the same by every clock.
    mutating func reading(of stamp: CalendarStamp, on other: CalendarStamp) -> Int {
        if stamp.clock == other.clock || stamp.isDate || other.isDate { return stamp.reading }
        return clock(other.clock).reading(at: instant(of: stamp))
    }

    private mutating func named(_ name: String) -> WallClock {
        if let clock = known[name] { return clock }
        let clock = WallClock(zone: name) ?? describedClock(name) ?? own
        known[name] = clock
        return clock
    }

    private mutating func describedClock(_ name: String) -> WallClock? {
        guard let lines = described[name] else { return nil }
        observances += lines.count { $0.name == "BEGIN" || $0.name == "RDATE" }
        guard observances <= CalendarLimits.observances else { return nil }
        return DescribedZone(lines).map { .described($0) }
    }
}
