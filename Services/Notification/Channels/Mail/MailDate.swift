import Contracts
package import Foundation

/// An instant as RFC 5322 §3.3 writes it, in UTC: `Sat, 21 Nov 2026 05:51:44 +0000`.
package enum MailDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    package static func text(_ instant: Date) -> String {
        // 2026-11-21T05:51:44…
        let digits = instant.rfc3339
        let field = { (from: Int, length: Int) in Int(digits.dropFirst(from).prefix(length)) ?? 0 }
        let days = Int((instant.timeIntervalSince1970 / 86_400).rounded(.down))
        // 1970-01-01 was a Thursday.
        let weekday = ((days + 4) % 7 + 7) % 7
        let time = digits.dropFirst(11).prefix(8)
        return "\(Self.days[weekday]), \(digits.dropFirst(8).prefix(2)) \(months[field(5, 2) - 1]) \(digits.prefix(4)) \(time) +0000"
    }
}
