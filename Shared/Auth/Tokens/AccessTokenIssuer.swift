package import Contracts
import Crypto
package import Foundation
import JWTKit

/// Makes access tokens: JWTs signed with Ed25519.
package struct AccessTokenIssuer: Sendable {
    /// The longest life of an access token (architecture §5).
    package static let longestLifetime: Duration = .seconds(15 * 60)

    private let key: EdDSA.PrivateKey
    private let keyID: String
    private let issuer: String

    /// Throws when `raw` is not the 32 bytes of an Ed25519 private key.
    package init(privateKey raw: Data, keyID: String, issuer: String) throws {
        key = EdDSA.PrivateKey(backing: try Curve25519.Signing.PrivateKey(rawRepresentation: raw))
        self.keyID = keyID
        self.issuer = issuer
    }

    /// A new random private key, as ``init(privateKey:keyID:issuer:)`` takes it.
    package static func makePrivateKey() -> Data {
        Curve25519.Signing.PrivateKey().rawRepresentation
    }

    /// A token for `user`, good from now for `lifetime`, at most ``longestLifetime``.
    package func issue(user: UserID, role: Role, now: Date, lifetime: Duration) async throws -> String {
        let seconds = Int(now.timeIntervalSince1970)
        let claims = AccessClaims(
            aud: AccessClaims.audience, exp: seconds + Int(min(lifetime, Self.longestLifetime).components.seconds), iat: seconds,
            nbf: seconds, iss: issuer, jti: UUID.version7(at: now).text, sub: user, role: role
        )
        let identifier = JWKIdentifier(string: keyID)
        let keys = await JWTKeyCollection().add(eddsa: key, kid: identifier)
        return try await keys.sign(claims, kid: identifier, header: ["typ": .string(AccessClaims.type)])
    }

    /// The public key as a JSON Web Key Set.
    package var jwks: String { Self.jwks(of: [self]) }

    /// The public keys of several issuers, such as today's and yesterday's during a rotation.
    package static func jwks(of issuers: [AccessTokenIssuer]) -> String {
        let keys = issuers.map(\.publicKey)
        return JSONValue.object([.init("keys", .array(keys))]).serialized
    }

    private var publicKey: JSONValue {
        .object([
            .init("kty", .string("OKP")), .init("crv", .string("Ed25519")), .init("use", .string("sig")),
            .init("alg", .string(AccessClaims.algorithm)), .init("kid", .string(keyID)),
            .init("x", .string(Base64URL.encode(key.publicKey.rawRepresentation))),
        ])
    }
}
