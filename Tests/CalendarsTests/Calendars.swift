import Calendars
import Contracts
import Foundation
import Testing

/// `2026-03-08T15:30:00Z` as an instant.
func instant(_ text: String) throws -> Date {
    try #require(Date(rfc3339: text))
}

/// A calendar of these lines.
func calendar(_ lines: String...) -> Data {
    Data((["BEGIN:VCALENDAR"] + lines + ["END:VCALENDAR", ""]).joined(separator: "\r\n").utf8)
}

/// An event of these lines.
func event(_ lines: String..., uid: String = "1") -> String {
    (["BEGIN:VEVENT", "UID:\(uid)"] + lines + ["END:VEVENT"]).joined(separator: "\r\n")
}

/// Read for 2026, in Berlin unless said otherwise.
func read(_ calendar: Data, zone: String = "Europe/Berlin", keepsTitles: Bool = true) async throws -> CalendarContent {
    let window = try instant("2026-01-01T00:00:00Z")..<instant("2027-01-01T00:00:00Z")
    return try await CalendarReader().read(calendar, in: window, zone: try #require(TimeZone(identifier: zone)), keepsTitles: keepsTitles)
}

extension CalendarContent {
    /// As `2026-03-08T15:30:00Z/2026-03-08T16:30:00Z`, whole days as `2026-03-08/2026-03-09`, in order.
    var spans: [String] { occurrences.map(\.text).sorted() }
}

extension CalendarOccurrence {
    var text: String {
        switch span {
        case .time(let range): "\(range.lowerBound.rfc3339)/\(range.upperBound.rfc3339)"
        case .days(let days):
            [days.lowerBound, days.upperBound].map { String(Date(timeIntervalSince1970: Double($0) * 86_400).rfc3339.prefix(10)) }
                .joined(separator: "/")
        }
    }
}
