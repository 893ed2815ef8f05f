import Foundation

/// Text that is safe as a header's value: no line end survives, so nothing a sender wrote can add a header or end them.
package enum HeaderText {
    /// RFC 2047 §2: an encoded word has at most 75 characters.
    private static let wordLimit = 75
    private static let prefix = "=?utf-8?B?"
    private static let suffix = "?="
    /// Bytes of text that fit one encoded word in base64.
    private static let bytesPerWord = (wordLimit - 12) / 4 * 3

    /// One line of it: every control character becomes a space, and the ends are trimmed.
    package static func singleLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029
                ? Unicode.Scalar(UInt8(ascii: " ")) : scalar
        }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        return String(line).trimmingCharacters(in: .whitespaces)
    }

    /// As it goes on the wire: plain when it is short ASCII, else encoded words (RFC 2047), folded.
    package static func encoded(_ text: String) -> String {
        let line = singleLine(text)
        let isPlain = line.utf8.allSatisfy { $0 < 0x80 } && line.utf8.count <= 900 && !line.contains("=?")
        return isPlain ? line : words(line).map { prefix + Data($0.utf8).base64EncodedString() + suffix }.joined(separator: "\r\n ")
    }

    /// Cut between characters, because a word must not end inside one (RFC 2047 §5).
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in line.unicodeScalars {
            if word.utf8.count + UTF8.width(scalar) > bytesPerWord {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        return words + [word]
    }
}
