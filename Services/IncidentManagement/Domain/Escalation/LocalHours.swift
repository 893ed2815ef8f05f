package import Foundation

/// Hours of the wall clock, such as Monday to Friday 09:00 to 17:00 in Europe/Berlin; the end is not part of them.
///
/// Hours whose end is not after their start cross midnight and belong to the day they begin on; equal ends mean the whole day (behaviours
/// §1.5.34).
package struct LocalHours: Sendable, Hashable {
    package enum Weekday: String, Codable, Sendable, CaseIterable {
        case sunday, monday, tuesday, wednesday, thursday, friday, saturday
    }

    /// Minutes after midnight, 0…1,439.
    package let from: Int
    package let to: Int
    /// Empty means every day.
    package let weekdays: [Weekday]
    /// An IANA zone.
    package let timeZone: String

    package init(from: Int, to: Int, weekdays: [Weekday] = [], timeZone: String = "UTC") {
        self.from = from
        self.to = to
        self.weekdays = weekdays
        self.timeZone = timeZone
    }

    /// Whether `instant` lies within the hours.
    /// - Parameter zone: an IANA zone used instead of ``timeZone``, such as that of a person.
    package func contains(_ instant: Date, in zone: String? = nil) -> Bool {
        let calendar = calendar(zone)
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: instant)
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        let today = (parts.weekday ?? 1) - 1
        if from < to { return isOpen(today) && (from..<to).contains(minute) }
        return (isOpen(today) && minute >= from) || (isOpen((today + 6) % 7) && minute < to)
    }

    /// The first instant from `instant` on that lies within the hours.
    ///
    /// A start that daylight saving skips is the first instant after the gap; of one that comes twice the first counts.
    package func opening(from instant: Date, in zone: String? = nil) -> Date {
        if contains(instant, in: zone) { return instant }
        let calendar = calendar(zone)
        var start = instant
        // A week and a day reach every weekday.
        for _ in 0..<8 {
            let next = calendar.nextDate(
                after: start, matching: DateComponents(hour: from / 60, minute: from % 60, second: 0), matchingPolicy: .nextTime,
                repeatedTimePolicy: .first
            )
            guard let next else { return instant }
            if isOpen(calendar.component(.weekday, from: next) - 1) { return next }
            start = next
        }
        return instant
    }

    private func isOpen(_ weekday: Int) -> Bool {
        weekdays.isEmpty || weekdays.contains(Weekday.allCases[weekday])
    }

    private func calendar(_ zone: String?) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone ?? timeZone) ?? .gmt
        return calendar
    }
}

extension LocalHours {
    /// Reads `09:00` as minutes after midnight; nil for anything else.
    package static func minute(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)), let minute = Int(text.suffix(2)),
            (0..<24).contains(hour), (0..<60).contains(minute), bytes[0] != UInt8(ascii: "+"), bytes[3] != UInt8(ascii: "+")
        else { return nil }
        return hour * 60 + minute
    }

    /// `09:00`.
    package static func text(_ minute: Int) -> String {
        let parts = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return parts.joined(separator: ":")
    }
}

extension LocalHours: Codable {
    private enum CodingKeys: String, CodingKey { case from, to, weekdays, timeZone }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func minute(_ key: CodingKeys) throws -> Int {
            guard let minute = Self.minute(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "not a time of day")
            }
            return minute
        }
        self.init(
            from: try minute(.from), to: try minute(.to), weekdays: try container.decodeIfPresent([Weekday].self, forKey: .weekdays) ?? [],
            timeZone: try container.decodeIfPresent(String.self, forKey: .timeZone) ?? "UTC"
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.text(from), forKey: .from)
        try container.encode(Self.text(to), forKey: .to)
        if !weekdays.isEmpty { try container.encode(weekdays, forKey: .weekdays) }
        try container.encode(timeZone, forKey: .timeZone)
    }
}
