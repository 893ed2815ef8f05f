import Contracts
import JWTKit

/// The payload of an access token (RFC 9068).
struct AccessClaims: JWTPayload {
    /// The suite: one token serves all daemons.
    static let audience = "tocsin"
    static let type = "at+jwt"
    static let algorithm = "EdDSA"

    let aud: String
    let exp: Int
    let iat: Int
    let nbf: Int?
    let iss: String
    let jti: String
    let sub: UserID
    let role: Role

    /// jwt-kit asks for it; ours are checked in ``AccessTokenVerifier`` against an injected clock.
    func verify(using algorithm: some JWTAlgorithm) throws {}
}
