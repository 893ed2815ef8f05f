import Foundation

/// What somebody types to say who they are: an e-mail address or a user name, folded so that all its spellings are one.
package enum LoginName: Sendable, Hashable {
    case email(String)
    case userName(String)

    /// Longer input cannot be anybody; it is cut so that folding it costs nothing.
    private static let longest = 320

    package init(_ text: String) {
        let folded = Self.folded(String(text.unicodeScalars.prefix(Self.longest)))
        self = folded.contains("@") ? .email(folded) : .userName(folded)
    }

    package var canonical: String {
        switch self {
        case .email(let text), .userName(let text): text
        }
    }

    /// Trimmed and in NFKC, so that full-width letters and composed marks are their plain selves.
    static func normalized(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCompatibilityMapping
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// ``normalized(_:)`` in lower case.
    static func folded(_ text: String) -> String {
        normalized(text).lowercased().precomposedStringWithCompatibilityMapping
    }
}
