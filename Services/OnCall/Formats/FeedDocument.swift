import Contracts
import Crypto
import Foundation

/// A calendar as an iCalendar file (RFC 5545): concrete shifts in UTC, without rules of repetition and without time zones to get wrong.
package struct FeedDocument: Sendable, Hashable {
    package let text: String

    /// - Parameter reminders: minutes before each shift.
    package init(title: String, events: [FeedEvent], reminders: [Int]) {
        var lines = [
            FeedLine("BEGIN", raw: "VCALENDAR"), FeedLine("PRODID", raw: "-//Tocsin//On call//EN"), FeedLine("VERSION", raw: "2.0"),
            FeedLine("CALSCALE", raw: "GREGORIAN"), FeedLine("METHOD", raw: "PUBLISH"), FeedLine("X-WR-CALNAME", text: title),
            FeedLine("X-PUBLISHED-TTL", raw: "PT1H"), FeedLine("REFRESH-INTERVAL;VALUE=DURATION", raw: "PT1H"),
        ]
        // An event of less than a second, which the file cannot tell, is none.
        for event in events where Self.time(event.starts) != Self.time(event.ends) { lines += Self.lines(event, reminders) }
        lines.append(FeedLine("END", raw: "VCALENDAR"))
        text = lines.map(\.folded).joined()
    }

    /// A strong entity tag (RFC 9110 §8.8.3): other bytes, another tag.
    package var entityTag: String {
        "\"" + Data(SHA256.hash(data: Data(text.utf8)).prefix(18)).base64EncodedString() + "\""
    }

    private static func lines(_ event: FeedEvent, _ reminders: [Int]) -> [FeedLine] {
        var lines = [
            FeedLine("BEGIN", raw: "VEVENT"), FeedLine("UID", text: event.uid), FeedLine("DTSTAMP", raw: time(event.changedAt)),
            FeedLine("DTSTART", raw: time(event.starts)), FeedLine("DTEND", raw: time(event.ends)),
            FeedLine("SUMMARY", text: event.summary),
        ]
        if let description = event.description { lines.append(FeedLine("DESCRIPTION", text: description)) }
        // Who is on call is not busy.
        lines.append(FeedLine("TRANSP", raw: "TRANSPARENT"))
        for minutes in reminders {
            lines += [
                FeedLine("BEGIN", raw: "VALARM"), FeedLine("ACTION", raw: "DISPLAY"), FeedLine("DESCRIPTION", text: event.summary),
                FeedLine("TRIGGER", raw: "-PT\(minutes)M"), FeedLine("END", raw: "VALARM"),
            ]
        }
        lines.append(FeedLine("END", raw: "VEVENT"))
        return lines
    }

    /// `20260308T153000Z`, cut to the second.
    private static func time(_ date: Date) -> String {
        let second = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        return second.rfc3339.filter { $0 != "-" && $0 != ":" }
    }
}
