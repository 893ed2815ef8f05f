import Crypto
package import Foundation

/// One key that secrets in the database are encrypted under; its id is made from it.
///
/// So nobody has to name keys, and a value under a key that is not here is told from one that was altered.
package struct SealingKey: Sendable {
    /// Sixteen hex digits; tells nothing of the key.
    package let id: String
    private let key: SymmetricKey

    /// - Parameter secret: what the operator chose, at least 32 random bytes as text.
    package init(_ secret: Secret) {
        let material = SymmetricKey(data: Data(secret.reveal().utf8))
        func derive(_ purpose: String, bytes: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: Data(purpose.utf8), outputByteCount: bytes)
        }
        key = derive("tocsin secrets v1", bytes: 32)
        id = derive("tocsin secrets key id v1", bytes: 8).withUnsafeBytes { bytes in
            bytes.map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
        }
    }

    /// AES-256-GCM: nonce, ciphertext and tag.
    func seal(_ plain: Data, for place: SealedPlace) throws(SealFault) -> Data {
        guard let box = try? AES.GCM.seal(plain, using: key, authenticating: place.bytes), let combined = box.combined else {
            throw .broken
        }
        return combined
    }

    func open(_ sealed: Data, for place: SealedPlace) throws(SealFault) -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: place.bytes)
        } catch {
            throw .broken
        }
    }
}

/// Where a sealed value belongs: a column and a row. It opens nowhere else, so rows cannot be swapped.
package struct SealedPlace: Sendable, Hashable {
    private let column: String
    private let row: String

    /// - Parameter column: with schema and table, as `notification.contact_method.secret`; part of what is authenticated, so never renamed.
    package init(column: String, row: String) {
        self.column = column
        self.row = row
    }

    var bytes: Data { Data("tocsin \(column)\u{0}\(row)".utf8) }
}

/// An encrypted secret as a row keeps it.
package struct SealedSecret: Sendable, Hashable {
    package let keyID: String
    package let box: Data

    package init(keyID: String, box: Data) {
        self.keyID = keyID
        self.box = box
    }
}

/// Why a sealed secret cannot be read.
package enum SealFault: Error, Sendable, Hashable {
    /// It is under a key that this process was not given: another one may have it, in the middle of a rotation.
    case unknownKey
    /// Altered, or moved here from another row.
    case broken
}
