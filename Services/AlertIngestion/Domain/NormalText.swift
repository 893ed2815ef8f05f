import Contracts
import Foundation

/// Texts as they are stored and compared. Swift compares canonically and PostgreSQL bytes (reliability §0.5), so identities are composed first.
package enum NormalText {
    /// Unicode's composed form (NFC); free for ASCII.
    package static func composed(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    }

    /// An identity such as a service: composed, trimmed, cut; nil when nothing is left.
    package static func identity(_ text: String?, characters: Int) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let cut = cut(composed(text.trimmed), characters: characters)
        return cut.isEmpty ? nil : cut
    }

    /// At most so many characters and four times as many bytes; ends in `…` when something was cut off.
    package static func cut(_ text: String, characters: Int) -> String {
        let bytes = characters * 4
        if text.utf8.count <= characters { return text }
        if text.utf8.count <= bytes, text.count <= characters { return text }
        var kept = ""
        var size = 0
        var count = 0
        for character in text {
            let width = character.utf8.count
            guard count < characters - 1, size + width <= bytes - 3 else { break }
            kept.append(character)
            size += width
            count += 1
        }
        return kept + "…"
    }
}
