import Foundation

/// An e-mail address as a person typed it, and the form in which two spellings of it are the same account.
///
/// ASCII `addr-spec` without quoting or comments (RFC 5321 §4.1.2 less its rarities): what every provider accepts. `a+tag@x` stays another
/// address than `a@x`, because only the provider knows whether they are one mailbox.
package struct EmailAddress: Sendable, Hashable {
    package let text: String
    package let canonical: String

    /// RFC 5321 §4.5.3.1.3.
    private static let longest = 254
    /// RFC 5321 §4.5.3.1.1.
    private static let longestLocalPart = 64
    /// RFC 1035 §2.3.4.
    private static let longestLabel = 63

    /// Nil when this is no address that mail can be sent to.
    package init?(_ text: String) {
        let folded = LoginName.folded(text)
        guard folded.utf8.count <= Self.longest, let at = folded.lastIndex(of: "@") else { return nil }
        let local = folded[..<at]
        let labels = folded[folded.index(after: at)...].split(separator: ".", omittingEmptySubsequences: false)
        guard Self.isLocalPart(local), labels.count >= 1, labels.allSatisfy(Self.isLabel) else { return nil }
        self.text = LoginName.normalized(text)
        self.canonical = folded
    }

    package var localPart: Substring { canonical.prefix { $0 != "@" } }

    private static func isLocalPart(_ text: Substring) -> Bool {
        guard (1...longestLocalPart).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+/=?^_`{|}~-".utf8.contains($0) }
        }
    }

    private static func isLabel(_ text: Substring) -> Bool {
        (1...longestLabel).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte)
    }
}
