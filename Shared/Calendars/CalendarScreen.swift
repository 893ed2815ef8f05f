/// What of a calendar is heeded: events and zones, and of those the properties that say when. All else is not even parsed.
///
/// libical is C, and frees nested components by recursion: what it gets to see is put together here, of known parts and known depth.
struct CalendarScreen: Sendable {
    private(set) var events: [[ContentLine]] = []
    /// By their `TZID`.
    private(set) var zones: [String: [ContentLine]] = [:]

    private static let calendar = "VCALENDAR"
    private static let event = "VEVENT"
    private static let zone = "VTIMEZONE"
    private static let observances: Set<String> = ["STANDARD", "DAYLIGHT"]

    private static let ofEvent: Set<String> = [
        "UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP", "SEQUENCE",
    ]
    private static let ofObservance: Set<String> = ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"]

    private var path: [String] = []
    private var current: [ContentLine] = []
    private let keepsTitles: Bool

    /// - Throws: ``CalendarFault``.
    init(_ bytes: some Collection<UInt8>, keepsTitles: Bool) throws(CalendarFault) {
        self.keepsTitles = keepsTitles
        var hasCalendar = false
        for text in try ContentLine.lines(of: bytes) {
            guard let line = ContentLine(text) else {
                if hasCalendar { continue }
                throw .notACalendar
            }
            switch line.name {
            case "BEGIN":
                if path.isEmpty {
                    guard line.component == Self.calendar else { throw .notACalendar }
                    hasCalendar = true
                }
                try begin(line)
            case "END": try end(line)
            default: keep(line)
            }
        }
        guard hasCalendar else { throw .notACalendar }
        guard path.isEmpty else { throw .cutOff }
    }

    private mutating func begin(_ line: ContentLine) throws(CalendarFault) {
        guard path.count < CalendarLimits.depth else { throw .malformed }
        path.append(line.component)
        switch path {
        case [Self.calendar, Self.event], [Self.calendar, Self.zone]: current = []
        case _ where isInObservance: current.append(line)
        default: break
        }
    }

    private mutating func end(_ line: ContentLine) throws(CalendarFault) {
        guard path.last == line.component else { throw .malformed }
        switch path {
        case [Self.calendar, Self.event]:
            guard events.count < CalendarLimits.events else { throw .tooManyEvents }
            events.append(current)
        case [Self.calendar, Self.zone]:
            if let name = current.first(where: { $0.name == "TZID" })?.plainText { zones[name] = current }
        case _ where isInObservance: current.append(line)
        default: break
        }
        path.removeLast()
    }

    private mutating func keep(_ line: ContentLine) {
        switch path {
        case [Self.calendar, Self.event]:
            if Self.ofEvent.contains(line.name), keepsTitles || line.name != "SUMMARY" { current.append(line) }
        case [Self.calendar, Self.zone]:
            if line.name == "TZID" { current.append(line) }
        case _ where isInObservance:
            if Self.ofObservance.contains(line.name) { current.append(line) }
        default: break
        }
    }

    private var isInObservance: Bool {
        path.count == 3 && path[0] == Self.calendar && path[1] == Self.zone && Self.observances.contains(path[2])
    }

    /// What was kept, as a calendar.
    var digest: String {
        let zones = zones.sorted { $0.key < $1.key }.map(\.value)
        let parts = zones.map { (Self.zone, $0) } + events.map { (Self.event, $0) }
        let lines = parts.flatMap { name, lines in ["BEGIN:\(name)"] + lines.map(\.text) + ["END:\(name)"] }
        return (["BEGIN:\(Self.calendar)"] + lines + ["END:\(Self.calendar)", ""]).joined(separator: "\r\n")
    }
}

extension ContentLine {
    fileprivate var component: String {
        value.uppercased().filter { !$0.isWhitespace }
    }
}
