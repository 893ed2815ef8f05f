import Auth
import Foundation
import ServiceKit

/// The issuer of access tokens and its public keys, read from the database once: keys do not change while daemons run.
actor SigningKeyRing: AccessKeySource {
    private let store: SigningKeyStore
    private let clock: any Clock
    private var known: AccessTokenIssuer?

    /// The `iss` of access tokens.
    static let issuerName = "tocsin"

    init(_ store: SigningKeyStore, clock: any Clock) {
        self.store = store
        self.clock = clock
    }

    /// Makes the key at the first start.
    func issuer() async throws -> AccessTokenIssuer {
        if let known { return known }
        let key = try await store.ensure(now: clock.now)
        let issuer = try AccessTokenIssuer(privateKey: key.privateKey, keyID: key.kid, issuer: Self.issuerName)
        known = issuer
        return issuer
    }

    func jwks() async throws -> String {
        try await issuer().jwks
    }
}
