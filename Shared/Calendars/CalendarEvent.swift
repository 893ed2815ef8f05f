import CIcal

/// An event as the calendar tells it, with nothing worked out yet.
struct CalendarEvent {
    /// Nil where there is none; such an event belongs to no other.
    let uid: String?
    let title: String?
    let isCancelled: Bool
    let isTransparent: Bool
    /// Of two tellings of one occurrence the higher counts.
    let sequence: Int
    let start: CalendarStamp
    let end: CalendarStamp?
    /// Seconds; nil without `DURATION`.
    let duration: Int?
    let rules: [String]
    let dates: [ContentLine]
    let exceptions: [ContentLine]
    /// Which occurrence of another event this one takes the place of.
    let replaced: CalendarStamp?

    /// Characters of a title that are kept.
    private static let titleLimit = 200

    /// Nil for an event without a beginning, or with rules we do not follow.
    init?(_ lines: [ContentLine]) {
        func first(_ name: String) -> ContentLine? { lines.first { $0.name == name } }
        guard let start = first("DTSTART").flatMap({ CalendarStamp($0) }) else { return nil }
        rules = lines.filter { $0.name == "RRULE" }.map(\.value)
        guard rules.count <= CalendarLimits.rules, rules.allSatisfy({ RuleText($0)?.isReasonable ?? false }) else { return nil }
        let replaced = first("RECURRENCE-ID").map { CalendarStamp($0) }
        if case .some(.none) = replaced { return nil }
        uid = first("UID")?.value
        title = first("SUMMARY").map { String($0.plainText.prefix(Self.titleLimit)) }
        isCancelled = first("STATUS")?.value.uppercased() == "CANCELLED"
        isTransparent = first("TRANSP")?.value.uppercased() == "TRANSPARENT"
        sequence = first("SEQUENCE").flatMap { Int($0.value) } ?? 0
        end = first("DTEND").flatMap { CalendarStamp($0) }
        duration = first("DURATION").flatMap { Self.seconds($0.value) }
        dates = lines.filter { $0.name == "RDATE" }
        exceptions = lines.filter { $0.name == "EXDATE" }
        self.start = start
        self.replaced = replaced.flatMap { $0 }
    }

    /// Of a duration such as `P1DT12H`; nil for nonsense and what lasts longer than a year.
    static func seconds(_ text: String) -> Int? {
        let duration = icaldurationtype_from_string(text)
        guard icaldurationtype_is_bad_duration(duration) == 0 else { return nil }
        let seconds = Int(icaldurationtype_as_int(duration))
        return (0...366 * CalendarStamp.day).contains(seconds) ? seconds : nil
    }
}
