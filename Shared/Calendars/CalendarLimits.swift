/// How much of a calendar is read. A feed is somebody else's text: each bound is far above what people write and far below what hurts.
package enum CalendarLimits {
    /// Bytes of a calendar; Google's of a busy person over ten years has some 800 kB.
    package static let bytes = 1_048_576
    /// Events of a calendar, changed occurrences included.
    static let events = 5000
    /// Components within components: an alarm in an event in a calendar is three.
    static let depth = 8
    /// Occurrences of one event inside the window: one a day and some.
    static let occurrencesOfEvent = 1000
    /// Occurrences of all events together: what an answer and a transaction may carry.
    static let occurrences = 20_000
    /// Occurrences of one rule that are passed over before the window begins: one a day since 1850.
    static let steps = 70_000
    /// Rules of one event; RFC 5545 §3.8.5.3 wants one.
    static let rules = 4
    /// `BYHOUR` × `BYMINUTE` × `BYSECOND` of a rule: once an hour. libical tries each of them on each day, also where no day ever fits.
    static let timesOfDay = 24
    /// Rules and dates of change in all the zones that a calendar describes itself and that are looked into; libical lists each from its first
    /// year on.
    static let observances = 100
    /// The first year of a rule of change: Outlook's.
    static let firstZoneYear = 1601
    /// All of the above together may still be slow; then the calendar is refused. libical looks at no clock, so one hopeless rule may take four
    /// seconds more.
    static let time: Duration = .seconds(3)
}
