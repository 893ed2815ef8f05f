import Crypto
import Foundation

/// The key of one integration: it may only send alerts for that integration.
package struct IntegrationKey {
    /// Exactly this many letters and digits, because PagerDuty's clients insist on a routing key of that form.
    package static let length = 32

    package static func make() -> Secret { Secret(Base62.random(length)) }

    /// Whether `text` can be a key at all: checked before any look-up.
    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == length && Base62.isWellFormed(text)
    }

    /// The SHA-256 of the key in hex: what is stored and looked up.
    package static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).hexText
    }
}
