import Crypto
import Foundation

/// A text that must not be seen: it prints, dumps and interpolates as `<redacted>`, and only ``reveal()`` gives it away.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text itself, for the one place that needs it.
    package func reveal() -> String { text }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Bytes of the text in UTF-8.
    package var byteCount: Int { text.utf8.count }

    /// Takes as long for any two secrets of the same lengths: digests are compared, and those in constant time.
    package static func == (left: Secret, right: Secret) -> Bool {
        SHA256.hash(data: Data(left.text.utf8)) == SHA256.hash(data: Data(right.text.utf8))
    }

    package func hash(into hasher: inout Hasher) {
        for byte in SHA256.hash(data: Data(text.utf8)) { hasher.combine(byte) }
    }
}
