package import Contracts
import Crypto
package import Foundation

/// Tokens by which daemons know each other: HS256, 60 s, one key per callee.
///
/// The key is HKDF-SHA256(`INTERNAL_SECRET`, info = audience), so a token for one daemon cannot even be checked by another (AUT-6).
package struct InternalTokens: Sendable {
    /// How long a token is good: longer than any deadline of a call, short enough that a stolen one is soon worthless.
    package static let lifetime: Duration = .seconds(60)

    /// How far two daemons' clocks may be apart (TIM-1 allows 60 s).
    package static let clockLeeway: Duration = .seconds(30)

    private struct Claims: Codable {
        let aud: String
        let exp: Int
        let iat: Int
        let sub: String
    }

    /// The only header there is: compared as bytes, so nobody chooses an algorithm for us.
    private static let header = Base64URL.encode(Data(#"{"alg":"HS256","typ":"daemon+jwt"}"#.utf8))

    private let keys: [Peer: SymmetricKey]
    private let clock: @Sendable () -> Date

    package init(secret: Secret, clock: @escaping @Sendable () -> Date) {
        let material = SymmetricKey(data: Data(secret.reveal().utf8))
        keys = Dictionary(
            uniqueKeysWithValues: Peer.allCases.map { peer in
                (peer, HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: Data(peer.rawValue.utf8), outputByteCount: 32))
            }
        )
        self.clock = clock
    }

    /// The time tokens are made and judged by; who keeps one for a while measures its age with this.
    package var now: Date { clock() }

    /// A token by which `callee` knows `caller` for ``lifetime``.
    package func make(from caller: Peer, to callee: Peer) throws -> String {
        let now = Int(clock().timeIntervalSince1970)
        let claims = Claims(aud: callee.rawValue, exp: now + Int(Self.lifetime.components.seconds), iat: now, sub: caller.rawValue)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let signed = Self.header + "." + Base64URL.encode(try encoder.encode(claims))
        guard let key = keys[callee] else { throw AuthenticationUnavailable() }
        return signed + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key))
    }

    /// Who calls, or nil when the token is not one of ours, not for `audience`, or not of this minute.
    package func verify(_ token: String, audience: Peer) -> Peer? {
        guard token.utf8.starts(with: Self.header.utf8), let parts = CompactToken(token), let key = keys[audience],
            HMAC<SHA256>.isValidAuthenticationCode(parts.signature, authenticating: parts.signed, using: key),
            let claims = CompactToken.decode(Claims.self, from: parts.payload), claims.aud == audience.rawValue
        else { return nil }
        let now = Int(clock().timeIntervalSince1970)
        let leeway = Int(Self.clockLeeway.components.seconds)
        guard claims.iat <= now + leeway, claims.exp > now - leeway, claims.exp > claims.iat,
            claims.exp - claims.iat <= Int(Self.lifetime.components.seconds)
        else { return nil }
        return Peer(rawValue: claims.sub)
    }
}
