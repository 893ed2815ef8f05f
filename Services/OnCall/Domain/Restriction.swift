/// When a layer covers at all: a window of the wall clock, every day or on one day of the week.
package struct Restriction: Sendable, Hashable {
    /// Nil for every day.
    package let day: Weekday?
    package let start: LocalTime
    /// On the wall clock: from 09:00, 28,800 seconds are until 17:00, also on the day when the clock is put back.
    package let seconds: Int

    package init(day: Weekday?, start: LocalTime, seconds: Int) {
        self.day = day
        self.start = start
        self.seconds = seconds
    }

    /// A minute at least, for times are whole minutes; every day at most the day, on one day at most the week.
    package static func lengths(_ day: Weekday?) -> ClosedRange<Int> {
        60...(day == nil ? 86_400 : WeeklyPattern.week)
    }

    /// Two windows for each day of the week and some more.
    package static let most = 20

    /// The window as pieces of the week, in seconds from Monday 00:00.
    var windows: [WeeklyPattern.Window] {
        let days = day.map { [$0.index] } ?? Array(0..<7)
        return days.map { day in
            let start = day * 86_400 + start.minuteOfDay * 60
            return WeeklyPattern.Window(start: start, end: start + seconds)
        }
    }
}
