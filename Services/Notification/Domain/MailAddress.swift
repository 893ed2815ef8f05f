import Foundation

/// A mailbox such as `ops@example.org`, checked for what would break an envelope or a header.
package struct MailAddress: Sendable, Hashable {
    /// RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them angle brackets.
    static let limit = 254

    package let text: String

    /// Nil unless the text has one `@` with something on both sides and no white space, control, bracket, quote or comma.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), text.utf8.count <= Self.limit,
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !Self.forbidden.contains($0) })
        else { return nil }
        self.text = text
    }

    private static let forbidden: Set<Unicode.Scalar> = ["<", ">", ",", ";", ":", "\"", "(", ")", "[", "]", "\\"]

    package var domain: String { String(text.drop { $0 != "@" }.dropFirst()) }
}
