import Foundation

/// A mail as the receiver took it.
package struct ReceivedMail: Codable, Sendable {
    /// Unix time by the receiver's clock, from before its 250.
    package let receivedAt: Double
    /// Counts connections: mails of one connection have one number.
    package let session: Int
    package let tls: Bool
    package let mailFrom: String
    package let rcptTo: [String]
    /// The message as it came, without dot-stuffing.
    package let data: String

    private enum CodingKeys: String, CodingKey {
        case receivedAt = "received_at"
        case session, tls
        case mailFrom = "mail_from"
        case rcptTo = "rcpt_to"
        case data
    }

    /// The value of a header, unfolded; nil when there is none.
    package func header(_ name: String) -> String? {
        let head = data.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n").first ?? ""
        let lines = head.replacingOccurrences(of: "\n ", with: " ").split(separator: "\n")
        let prefix = name.lowercased() + ":"
        return lines.first { $0.lowercased().hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces) }
    }

    /// The id every attempt of a delivery has.
    package var messageID: String { header("Message-ID") ?? "" }
}
