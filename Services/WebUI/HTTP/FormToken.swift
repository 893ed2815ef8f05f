package import Auth
import Crypto
import Foundation

/// Proves that a form came from a page of this session: an HMAC of what the session's form cookie holds, in hexadecimal because that needs no escaping.
package struct FormToken: Sendable {
    private let key: SymmetricKey

    package init(secret: Secret) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)), info: Data("tocsin web form".utf8), outputByteCount: 32
        )
    }

    package func make(for session: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(session.utf8), using: key).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }
            .joined()
    }

    package func verify(_ token: String, for session: String) -> Bool {
        let digits = token.compactMap(\.hexDigitValue)
        guard digits.count == token.count, digits.count == 2 * SHA256.byteCount else { return false }
        let code = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(session.utf8), using: key)
    }
}
