import Crypto
import Foundation

/// Makes tokens that no honest issuer would.
struct TokenForge {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let user = "018f0c1e-7a3b-7c4d-8e5f-0123456789ab"
    static let issuer = "https://tocsin.example.org"

    let key = Curve25519.Signing.PrivateKey()
    var keyID = "k1"

    var jwks: String {
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"\#(keyID)","x":"\#(Self.base64(key.publicKey.rawRepresentation))"}]}"#
    }

    /// Raw JSON per member, so that a case can put anything there.
    static let header: [String: String] = ["alg": #""EdDSA""#, "typ": #""at+jwt""#, "kid": #""k1""#]
    static let claims: [String: String] = [
        "iss": "\"\(issuer)\"", "aud": #""tocsin""#, "sub": "\"\(user)\"", "role": #""responder""#, "jti": #""j""#,
        "iat": "1795000000", "nbf": "1795000000", "exp": "1795000600",
    ]

    /// Stands for a member that is left out.
    static let absent = ""

    static func json(_ members: [String: String], changed: [String: String] = [:]) -> String {
        let all = members.merging(changed) { $1 }.filter { $0.value != absent }
        return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    func token(header: [String: String] = [:], claims: [String: String] = [:]) throws -> String {
        try sign(Self.json(Self.header, changed: header), Self.json(Self.claims, changed: claims))
    }

    func sign(_ header: String, _ payload: String) throws -> String {
        let signed = Self.base64(Data(header.utf8)) + "." + Self.base64(Data(payload.utf8))
        return signed + "." + Self.base64(try key.signature(for: Data(signed.utf8)))
    }

    static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
