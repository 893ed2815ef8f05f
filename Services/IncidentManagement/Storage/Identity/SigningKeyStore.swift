import Auth
import Crypto
import Foundation
import Postgres

/// The Ed25519 key that access tokens are signed with.
struct SigningKeyStore: Sendable {
    let db: PostgresLane
    let seal: SigningKeySeal

    struct Key: Sendable, Hashable {
        let kid: String
        let privateKey: Data
    }

    /// The key in use; nil before the first start has made one. Throws when `INTERNAL_SECRET` is not the one it was sealed under.
    func current() async throws -> Key? {
        try await find(in: db)
    }

    /// Makes the key unless there is one; instances that start together agree on one.
    func ensure(now: Date) async throws -> Key {
        if let key = try await current() { return key }
        return try await db.transaction { tx in
            _ = try await tx.query("SELECT pg_advisory_xact_lock(\(IdentityLock.signingKey))")
            if let key = try await find(in: tx) { return key }
            let key = try Self.makeKey()
            try await tx.execute(
                """
                INSERT INTO incident.signing_key (kid, sealed, created_at)
                VALUES (\(key.kid), \(try seal.seal(key.privateKey, kid: key.kid)), \(now))
                """
            )
            return key
        }
    }

    private func find(in session: some PostgresSession) async throws -> Key? {
        guard let row = try await session.query("SELECT kid, sealed FROM incident.signing_key WHERE retired_at IS NULL").first else {
            return nil
        }
        let kid: String = try row("kid")
        return Key(kid: kid, privateKey: try seal.open(try row("sealed"), kid: kid))
    }

    /// The id is made from the public key, so that two keys never share one.
    private static func makeKey() throws -> Key {
        let raw = AccessTokenIssuer.makePrivateKey()
        let publicKey = try Curve25519.Signing.PrivateKey(rawRepresentation: raw).publicKey.rawRepresentation
        return Key(kid: String(SHA256.hex(publicKey.base64EncodedString()).prefix(16)), privateKey: raw)
    }
}
