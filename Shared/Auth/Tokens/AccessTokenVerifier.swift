package import Contracts
import Crypto
package import Foundation
import JWTKit

/// Checks access tokens against a set of public keys (RFC 8725; AUT-2).
///
/// The algorithm is ours, not the token's; the key is found by `kid` in the given set only, whatever else the header points to.
package struct AccessTokenVerifier: Sendable {
    package enum Verdict: Sendable, Hashable {
        case valid(UserID)
        /// Everything readable is in order, but no key of the set has the token's `kid`: a newer set may.
        case unknownKey
        case refused
    }

    package enum KeySetError: Error, Sendable, Hashable {
        case malformed
        case noUsableKey
    }

    /// How far clocks may be apart for `nbf` and `iat`; `exp` has no leeway.
    package static let clockLeeway: Duration = .seconds(30)

    /// Keys read from a set: two are in use during a rotation.
    package static let keyLimit = 16

    private struct Header: Decodable {
        let alg: String
        let typ: String
        let kid: String
        /// Extensions that must be understood (RFC 7515 §4.1.11): we know none.
        let crit: [String]?
    }

    private let keys: [String: Curve25519.Signing.PublicKey]
    private let issuer: String

    /// Takes the Ed25519 keys of a JSON Web Key Set; throws ``KeySetError`` when there is none.
    package init(jwks: String, issuer: String) throws {
        guard let set = try? JSONDecoder().decode(JWKS.self, from: Data(jwks.utf8)) else { throw KeySetError.malformed }
        var keys: [String: Curve25519.Signing.PublicKey] = [:]
        for key in set.keys.prefix(Self.keyLimit) {
            guard key.keyType == .octetKeyPair, let id = key.keyIdentifier?.string, !id.isEmpty, let x = key.x,
                let publicKey = try? EdDSA.PublicKey(x: x, curve: .ed25519)
            else { continue }
            keys[id] = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey.rawRepresentation)
        }
        guard !keys.isEmpty else { throw KeySetError.noUsableKey }
        self.keys = keys
        self.issuer = issuer
    }

    /// The user the token was issued to, or nil when it is not good at `now`.
    package func verify(_ token: String, now: Date) async -> UserID? {
        guard case .valid(let user) = verdict(on: token, now: now) else { return nil }
        return user
    }

    /// As ``verify(_:now:)``, telling a token of an unknown key from a bad one.
    package func verdict(on token: String, now: Date) -> Verdict {
        guard let parts = CompactToken(token), let header = CompactToken.decode(Header.self, from: parts.header),
            header.alg == AccessClaims.algorithm, header.typ == AccessClaims.type, header.crit == nil,
            let claims = CompactToken.decode(AccessClaims.self, from: parts.payload), isCurrent(claims, at: now)
        else { return .refused }
        guard let key = keys[header.kid] else { return .unknownKey }
        return key.isValidSignature(parts.signature, for: parts.signed) ? .valid(claims.sub) : .refused
    }

    private func isCurrent(_ claims: AccessClaims, at now: Date) -> Bool {
        let seconds = Int(now.timeIntervalSince1970)
        let leeway = Int(Self.clockLeeway.components.seconds)
        let longest = Int(AccessTokenIssuer.longestLifetime.components.seconds)
        return claims.iss == issuer && claims.aud == AccessClaims.audience
            && claims.iat > 0 && claims.iat <= seconds + leeway && (claims.nbf ?? claims.iat) <= seconds + leeway
            && claims.exp > seconds && claims.exp > claims.iat && claims.exp - claims.iat <= longest
    }
}
