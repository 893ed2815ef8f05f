import Foundation

/// The short name schedules and people may use instead of an e-mail address: lower-case letters, digits, `.`, `_`, `-`.
package struct UserName: Sendable, Hashable {
    package let text: String

    private static let longest = 64

    package init?(_ text: String) {
        let folded = LoginName.folded(text)
        guard (1...Self.longest).contains(folded.utf8.count), folded.utf8.allSatisfy(Self.isAllowed), folded.first?.isLetter == true else {
            return nil
        }
        self.text = folded
    }

    /// The part before the `@`, with what a name may not have made `-`; nil when that is no name either.
    package init?(localPartOf email: EmailAddress) {
        let bytes = email.localPart.utf8.map { Self.isAllowed($0) ? $0 : UInt8(ascii: "-") }
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || "._-".utf8.contains(byte)
    }
}
