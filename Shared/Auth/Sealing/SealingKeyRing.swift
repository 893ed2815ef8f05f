import Foundation

/// The keys of secrets in the database: one that writes, and those that are still read while a rotation is under way.
package struct SealingKeyRing: Sendable {
    /// What a key id is to this ring.
    package enum Standing: String, Sendable, CaseIterable {
        case current, previous, unknown
    }

    package let current: SealingKey
    private let known: [String: SealingKey]

    /// - Parameter previous: keys that values may still be under; the current one among them changes nothing.
    package init(current: Secret, previous: [Secret] = []) {
        let keys = [SealingKey(current)] + previous.map { SealingKey($0) }
        self.current = keys[0]
        known = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Ids of the keys that are only read, in order.
    package var previousIDs: [String] { known.keys.filter { $0 != current.id }.sorted() }

    package func standing(of keyID: String) -> Standing {
        keyID == current.id ? .current : known[keyID] == nil ? .unknown : .previous
    }

    package func seal(_ secret: Secret, for place: SealedPlace) throws(SealFault) -> SealedSecret {
        SealedSecret(keyID: current.id, box: try current.seal(Data(secret.reveal().utf8), for: place))
    }

    package func open(_ sealed: SealedSecret, for place: SealedPlace) throws(SealFault) -> Secret {
        guard let key = known[sealed.keyID] else { throw .unknownKey }
        guard let text = String(data: try key.open(sealed.box, for: place), encoding: .utf8) else { throw .broken }
        return Secret(text)
    }
}
