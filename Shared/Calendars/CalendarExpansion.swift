import CIcal
import Foundation

/// Lists when the events of a calendar take place within a window.
struct CalendarExpansion {
    private(set) var occurrences: [CalendarOccurrence] = []
    private(set) var skipped = 0

    private let window: Range<Int>
    private var clocks: FeedClocks
    private let deadline = ContinuousClock.now + CalendarLimits.time

    init(window: Range<Date>, clocks: FeedClocks) {
        self.window = Int(window.lowerBound.timeIntervalSince1970)..<Int(window.upperBound.timeIntervalSince1970)
        self.clocks = clocks
    }

    /// - Throws: ``CalendarFault``.
    mutating func add(_ events: [[ContentLine]]) throws(CalendarFault) {
        let readable = events.compactMap { CalendarEvent($0) }
        skipped += events.count - readable.count
        var changes = Dictionary(grouping: readable.filter { $0.replaced != nil && $0.uid != nil }, by: \.uid)
        for event in readable where event.replaced == nil || event.uid == nil {
            try add(event, changes: event.uid.flatMap { changes.removeValue(forKey: $0) } ?? [])
        }
        // Changed occurrences of an event that is not in the calendar.
        for event in changes.values.joined() { try add(event, changes: []) }
    }

    private mutating func add(_ event: CalendarEvent, changes: [CalendarEvent]) throws(CalendarFault) {
        guard !event.isCancelled else { return }
        guard let seconds = length(of: event) else {
            skipped += 1
            return
        }
        var spans = [event.start.reading: StampSpan(start: event.start, seconds: seconds)]
        for rule in event.rules {
            guard try list(rule, of: event, seconds: seconds, into: &spans) else {
                skipped += 1
                return
            }
        }
        addDates(of: event, seconds: seconds, to: &spans)
        guard spans.count <= CalendarLimits.occurrencesOfEvent else {
            skipped += 1
            return
        }
        takeOut(event, from: &spans)
        for change in changes {
            guard let replaced = change.replaced else { continue }
            spans[clocks.reading(of: replaced, on: event.start)] = nil
        }
        let latest = Dictionary(grouping: changes, by: \.replaced).values.compactMap { $0.max { $0.sequence < $1.sequence } }
        for span in spans.values { try keep(span, of: event) }
        for change in latest { try add(change, changes: []) }
    }

    /// Nil where it ends before it begins, or a year later.
    private mutating func length(of event: CalendarEvent) -> Int? {
        if let duration = event.duration { return duration }
        guard let end = event.end else { return event.start.isDate ? CalendarStamp.day : 0 }
        let isSameClock = end.clock == event.start.clock || end.isDate || event.start.isDate
        let seconds = isSameClock ? end.reading - event.start.reading : clocks.instant(of: end) - clocks.instant(of: event.start)
        return (0...366 * CalendarStamp.day).contains(seconds) ? seconds : nil
    }

    /// - Returns: False for a rule that cannot be followed to the end of the window.
    private mutating func list(
        _ text: String, of event: CalendarEvent, seconds: Int, into spans: inout [Int: StampSpan]
    ) throws(CalendarFault) -> Bool {
        var rule = icalrecurrencetype_from_string(text)
        guard rule.freq != ICAL_NO_RECURRENCE else { return false }
        let last = lastReading(of: rule, on: event.start)
        rule.until = icaltime_from_timet_with_zone(time_t(last), event.start.isDate ? 1 : 0, nil)
        let start = icaltime_from_timet_with_zone(time_t(event.start.reading), event.start.isDate ? 1 : 0, nil)
        // No iterator is what libical makes of a rule that no day fits.
        guard let iterator = icalrecur_iterator_new(rule, start) else { return true }
        defer { icalrecur_iterator_free(iterator) }
        for step in 0...CalendarLimits.steps {
            guard !step.isMultiple(of: 256) || ContinuousClock.now < deadline else { throw .tooComplex }
            let time = icalrecur_iterator_next(iterator)
            if icaltime_is_null_time(time) != 0 { return true }
            let reading = Int(icaltime_as_timet(time))
            guard reading <= last else { return true }
            guard reading + seconds >= window.lowerBound - CalendarStamp.day else { continue }
            guard spans.count <= CalendarLimits.occurrencesOfEvent else { return false }
            spans[reading] = StampSpan(start: event.start.moved(to: reading), seconds: seconds)
        }
        return false
    }

    /// Where the rule or the window ends, by the clock of the event: what libical never has to look beyond.
    private mutating func lastReading(of rule: icalrecurrencetype, on start: CalendarStamp) -> Int {
        let end = window.upperBound + CalendarStamp.day
        guard icaltime_is_null_time(rule.until) == 0 else { return end }
        let reading = Int(icaltime_as_timet(rule.until))
        if rule.until.is_date != 0 { return min(end, start.isDate ? reading : reading + CalendarStamp.day - 1) }
        let until = CalendarStamp(reading: reading, isDate: false, clock: icaltime_is_utc(rule.until) != 0 ? .utc : start.clock)
        return min(end, clocks.reading(of: until, on: start))
    }

    private mutating func addDates(of event: CalendarEvent, seconds: Int, to spans: inout [Int: StampSpan]) {
        for line in event.dates {
            for value in line.value.split(separator: ",") {
                let sides = value.split(separator: "/", maxSplits: 1).map(String.init)
                guard let stamp = sides.first.flatMap({ CalendarStamp($0, of: line) }) else { continue }
                let reading = clocks.reading(of: stamp, on: event.start)
                let span = sides.count == 2 ? periodLength(sides[1], from: stamp, of: line) : seconds
                guard let span else { continue }
                spans[reading] = StampSpan(start: event.start.moved(to: reading), seconds: span)
            }
        }
    }

    /// Of `VALUE=PERIOD`: an end, or how long.
    private func periodLength(_ end: String, from start: CalendarStamp, of line: ContentLine) -> Int? {
        if end.hasPrefix("P") || end.hasPrefix("+") { return CalendarEvent.seconds(end) }
        guard let end = CalendarStamp(end, of: line) else { return nil }
        let seconds = end.reading - start.reading
        return (0...366 * CalendarStamp.day).contains(seconds) ? seconds : nil
    }

    /// A date takes out what begins on that day.
    private mutating func takeOut(_ event: CalendarEvent, from spans: inout [Int: StampSpan]) {
        var days: Set<Int> = []
        for line in event.exceptions {
            for value in line.value.split(separator: ",") {
                guard let stamp = CalendarStamp(String(value), of: line) else { continue }
                if stamp.isDate, !event.start.isDate {
                    days.insert(stamp.reading)
                } else {
                    spans[clocks.reading(of: stamp, on: event.start)] = nil
                }
            }
        }
        guard !days.isEmpty else { return }
        spans = spans.filter { reading, _ in !days.contains(reading - reading % CalendarStamp.day) }
    }

    private mutating func keep(_ span: StampSpan, of event: CalendarEvent) throws(CalendarFault) {
        guard ContinuousClock.now < deadline else { throw .tooComplex }
        guard let found = placed(span, endingAt: event.rules.isEmpty && event.dates.isEmpty ? event.end : nil) else { return }
        guard occurrences.count < CalendarLimits.occurrences else { throw .tooManyOccurrences }
        occurrences.append(CalendarOccurrence(title: event.title, span: found, isTransparent: event.isTransparent))
    }

    /// Nil outside of the window, and for what takes no time.
    private mutating func placed(_ span: StampSpan, endingAt end: CalendarStamp?) -> CalendarOccurrence.Span? {
        if span.start.isDate {
            let first = span.start.reading / CalendarStamp.day
            let days = first..<first + max(1, span.seconds / CalendarStamp.day)
            let lies = days.lowerBound * CalendarStamp.day..<days.upperBound * CalendarStamp.day
            return lies.overlaps(window.lowerBound - CalendarStamp.day..<window.upperBound + CalendarStamp.day) ? .days(days) : nil
        }
        let start = clocks.instant(of: span.start)
        let past = end.map { clocks.instant(of: $0) } ?? clocks.instant(of: span.start.moved(to: span.start.reading + span.seconds))
        guard start < past, (start..<past).overlaps(window) else { return nil }
        return .time(Date(timeIntervalSince1970: Double(start))..<Date(timeIntervalSince1970: Double(past)))
    }
}
