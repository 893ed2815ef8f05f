package import Auth
import Crypto
import Foundation

/// Proves that a form came from a page of this session: an HMAC of the session's refresh token.
package struct FormToken: Sendable {
    private let key: SymmetricKey

    package init(secret: Secret) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)), info: Data("tocsin web form".utf8), outputByteCount: 32
        )
    }

    package func make(for session: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(session.utf8), using: key)).base64EncodedString()
    }

    package func verify(_ token: String, for session: String) -> Bool {
        guard let code = Data(base64Encoded: token) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(session.utf8), using: key)
    }
}
