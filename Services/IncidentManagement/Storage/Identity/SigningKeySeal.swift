package import Auth
import Crypto
package import Foundation

/// Encrypts the signing key for its row: who steals the database without `INTERNAL_SECRET` cannot sign anything.
package struct SigningKeySeal: Sendable {
    private let key: SymmetricKey

    package init(secret: Secret) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.reveal().utf8)), info: Data("tocsin signing key v1".utf8), outputByteCount: 32
        )
    }

    /// AES-256-GCM: nonce, ciphertext and tag; bound to the key's id, so that rows cannot be swapped.
    package func seal(_ privateKey: Data, kid: String) throws -> Data {
        guard let combined = try AES.GCM.seal(privateKey, using: key, authenticating: Data(kid.utf8)).combined else { throw BrokenSeal() }
        return combined
    }

    package func open(_ sealed: Data, kid: String) throws(BrokenSeal) -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(kid.utf8))
        } catch {
            throw BrokenSeal()
        }
    }
}

/// The row was sealed under another secret, or altered.
package struct BrokenSeal: Error, Sendable, Hashable {}

extension Secret {
    /// A secret of its own for one purpose, so that a leak of one tells nothing of the other.
    func derived(for purpose: String) -> Secret {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(reveal().utf8)), info: Data(purpose.utf8), outputByteCount: 32
        )
        return Secret(key.withUnsafeBytes { Data($0) }.base64EncodedString())
    }
}
