import Foundation

/// Windows of the wall clock that come again every week, numbered through for ever.
///
/// Bounds follow GoAlert's rule: a bound that daylight saving skips is the first instant after the gap; one that comes twice is its first
/// occurrence where a window starts and its last where it ends.
struct WeeklyPattern: Sendable, Hashable {
    static let week = 7 * 86_400
    /// 1970-01-01 was a Thursday: the Monday of its week, in seconds of the wall clock.
    private static let firstMonday = -3 * 86_400

    /// Seconds from Monday 00:00; the end may lie in the next week.
    struct Window: Sendable, Hashable {
        let start: Int
        var end: Int
    }

    /// A window's place in time; `end` is where it ends or the next one starts, whichever is first.
    struct Occurrence: Sendable, Hashable {
        let number: Int
        let start: Date
        let end: Date
    }

    let zone: Zone
    private let windows: [Window]

    /// Windows that overlap or touch made one; nil when they leave nothing out.
    init?(union windows: [Window], zone: Zone) {
        var merged: [Window] = []
        for window in windows.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = merged.last, window.start <= last.end {
                merged[merged.count - 1].end = max(last.end, window.end)
            } else {
                merged.append(window)
            }
        }
        while merged.count > 1, let first = merged.first, let last = merged.last, last.end >= first.start + Self.week {
            merged[merged.count - 1].end = max(last.end, first.end + Self.week)
            merged.removeFirst()
        }
        guard let first = merged.first, first.end - first.start < Self.week else { return nil }
        self.zone = zone
        self.windows = merged
    }

    /// Each window by itself; nil when there is none or two overlap.
    init?(shifts windows: [Window], zone: Zone) {
        let sorted = windows.sorted { $0.start < $1.start }
        guard let first = sorted.first, let last = sorted.last, last.end <= first.start + Self.week,
            zip(sorted, sorted.dropFirst()).allSatisfy({ $0.end <= $1.start })
        else { return nil }
        self.zone = zone
        self.windows = sorted
    }

    /// The last occurrence that has started at `instant`; it may have ended.
    func occurrence(at instant: Date) -> Occurrence {
        let wall = zone.wallClock(at: instant) - Self.firstMonday
        let week = wall.quotient(cycle: Self.week)
        let second = wall.remainder(cycle: Self.week)
        var number = week * windows.count + (windows.lastIndex { $0.start <= second } ?? -1)
        // As with hand-offs: a clock put back reads earlier than what it has passed.
        var next = start(number + 1)
        while next <= instant {
            number += 1
            next = start(number + 1)
        }
        let (monday, window) = place(number)
        return Occurrence(number: number, start: start(number), end: min(zone.lastInstant(wall: monday + window.end), next))
    }

    /// When the occurrence of that number starts.
    func start(_ number: Int) -> Date {
        let (monday, window) = place(number)
        return zone.instant(wall: monday + window.start)
    }

    /// The first occurrence that starts on `date` or later.
    func number(from date: LocalDate) -> Int {
        let wall = date.daysSince1970 * 86_400 - Self.firstMonday
        let second = wall.remainder(cycle: Self.week)
        return wall.quotient(cycle: Self.week) * windows.count + (windows.firstIndex { $0.start >= second } ?? windows.count)
    }

    private func place(_ number: Int) -> (monday: Int, window: Window) {
        (number.quotient(cycle: windows.count) * Self.week + Self.firstMonday, windows[number.remainder(cycle: windows.count)])
    }
}
