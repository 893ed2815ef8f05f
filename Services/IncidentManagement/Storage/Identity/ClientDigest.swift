import Crypto
import Foundation

/// Tells clients apart without keeping what they say about themselves.
enum ClientDigest {
    static func make(network: NetworkPrefix, userAgent: String?) -> String {
        SHA256.hex(network.text + "\n" + (userAgent ?? ""))
    }
}
