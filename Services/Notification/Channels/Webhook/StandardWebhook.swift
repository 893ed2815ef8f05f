package import Auth
import Crypto
package import Foundation

/// Standard Webhooks signatures: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
package enum StandardWebhook {
    private static let prefix = "whsec_"
    /// Key bytes of a new secret; the specification asks for 24 to 64.
    private static let keyBytes = 32

    package static func makeSecret() -> Secret {
        Secret(prefix + SymmetricKey(size: SymmetricKeySize(bitCount: keyBytes * 8)).withUnsafeBytes { Data($0).base64EncodedString() })
    }

    /// The value of `webhook-signature`; nil for a secret that is not `whsec_` and base64.
    package static func signature(id: String, timestamp: Int, body: Data, secret: Secret) -> String? {
        guard let key = key(secret) else { return nil }
        var hmac = HMAC<SHA256>(key: key)
        hmac.update(data: Data("\(id).\(timestamp).".utf8))
        hmac.update(data: body)
        return "v1," + Data(hmac.finalize()).base64EncodedString()
    }

    private static func key(_ secret: Secret) -> SymmetricKey? {
        let text = secret.reveal()
        guard text.hasPrefix(prefix), let key = Data(base64Encoded: String(text.dropFirst(prefix.count))), !key.isEmpty else { return nil }
        return SymmetricKey(data: key)
    }
}
