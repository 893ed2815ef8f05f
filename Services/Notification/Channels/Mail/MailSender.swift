import Foundation

/// Who mails come from: `MAIL_FROM`, either `tocsin@example.org` or `Tocsin <tocsin@example.org>`.
package struct MailSender: Sendable, Hashable {
    package let address: MailAddress
    package let name: String

    package init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if let open = trimmed.lastIndex(of: "<"), trimmed.hasSuffix(">") {
            guard let address = MailAddress(String(trimmed[trimmed.index(after: open)...].dropLast())) else { return nil }
            self.address = address
            name = trimmed[..<open].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        } else {
            guard let address = MailAddress(trimmed) else { return nil }
            self.address = address
            name = ""
        }
    }

    /// The right-hand side of message ids.
    package var host: String { address.domain }

    package var header: String { Self.mailbox(name: name, address: address.text) }

    /// `Name <address>` with the name quoted or encoded as it needs (RFC 5322 §3.4).
    static func mailbox(name: String, address: String) -> String {
        let line = HeaderText.singleLine(name)
        let safeAddress = HeaderText.singleLine(address)
        guard !line.isEmpty else { return safeAddress }
        let encoded = HeaderText.encoded(line)
        guard encoded == line else { return "\(encoded) <\(safeAddress)>" }
        let quoted = line.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(quoted)\" <\(safeAddress)>"
    }
}
