import Auth
import Contracts
import Crypto
import Foundation
import Testing

@Suite struct AccessTokenTests {
    let forge = TokenForge()

    private func verified(_ token: String, at now: Date = TokenForge.now) async throws -> UserID? {
        try await AccessTokenVerifier(jwks: forge.jwks, issuer: TokenForge.issuer).verify(token, now: now)
    }

    @Test func issuedTokenIsGoodUntilItEnds() async throws {
        let issuer = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "2026-01", issuer: TokenForge.issuer)
        let user = UserID.make(at: TokenForge.now)
        let token = try await issuer.issue(user: user, role: .viewer, now: TokenForge.now, lifetime: .seconds(600))
        let verifier = try AccessTokenVerifier(jwks: issuer.jwks, issuer: TokenForge.issuer)
        #expect(await verifier.verify(token, now: TokenForge.now) == user)
        #expect(await verifier.verify(token, now: TokenForge.now + 599) == user)
        #expect(await verifier.verify(token, now: TokenForge.now + 600) == nil)
        #expect(await verifier.verify(token, now: TokenForge.now - 31) == nil)
    }

    @Test func noTokenLivesLongerThanAQuarterOfAnHour() async throws {
        let issuer = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "k", issuer: TokenForge.issuer)
        let user = UserID.make(at: TokenForge.now)
        let token = try await issuer.issue(user: user, role: .viewer, now: TokenForge.now, lifetime: .seconds(86_400))
        let verifier = try AccessTokenVerifier(jwks: issuer.jwks, issuer: TokenForge.issuer)
        #expect(await verifier.verify(token, now: TokenForge.now + 899) == user)
        #expect(await verifier.verify(token, now: TokenForge.now + 900) == nil)
    }

    @Test func keysOfARotationAreServedTogether() async throws {
        let old = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "old", issuer: TokenForge.issuer)
        let new = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "new", issuer: TokenForge.issuer)
        let verifier = try AccessTokenVerifier(jwks: AccessTokenIssuer.jwks(of: [new, old]), issuer: TokenForge.issuer)
        for issuer in [old, new] {
            let user = UserID.make(at: TokenForge.now)
            let token = try await issuer.issue(user: user, role: .admin, now: TokenForge.now, lifetime: .seconds(60))
            #expect(await verifier.verify(token, now: TokenForge.now) == user)
        }
    }

    @Test func publicKeySetHasNoPrivatePart() throws {
        let issuer = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "k", issuer: TokenForge.issuer)
        #expect(!issuer.jwks.contains("\"d\""))
    }

    @Test func privateKeyMustBeAKey() {
        #expect(throws: (any Error).self) {
            try AccessTokenIssuer(privateKey: Data(count: 31), keyID: "k", issuer: TokenForge.issuer)
        }
    }

    @Test func forgedTokenWithNothingWrongIsGood() async throws {
        #expect(try await verified(forge.token())?.description == TokenForge.user)
        #expect(try await verified(forge.token(claims: ["nbf": TokenForge.absent])) != nil)
    }

    // Reliability §5 F 82, 85–87.
    static let badHeaders: [[String: String]] = [
        ["alg": #""none""#], ["alg": #""None""#], ["alg": #""nOnE""#], ["alg": #""HS256""#], ["alg": #""Ed25519""#], ["alg": #""eddsa""#],
        ["alg": #"["EdDSA"]"#], ["alg": "null"], ["alg": TokenForge.absent],
        ["kid": #""../../etc/passwd""#], ["kid": #""k1' OR '1'='1""#], ["kid": #"["k1"]"#], ["kid": #""k2""#], ["kid": #""""#],
        ["kid": "1"],
        ["kid": TokenForge.absent], ["kid": #""K1""#],
        ["typ": #""JWT""#], ["typ": #""refresh+jwt""#], ["typ": #""refresh""#], ["typ": TokenForge.absent], ["typ": "1"],
        ["crit": #"["exp"]"#], ["crit": "[]"],
    ]

    @Test(arguments: badHeaders) func headerMustBeOurs(changed: [String: String]) async throws {
        #expect(try await verified(forge.token(header: changed)) == nil)
    }

    // Reliability §5 F 87–91.
    static let badClaims: [[String: String]] = [
        ["exp": TokenForge.absent], ["exp": #""1795000600""#], ["exp": "1e300"], ["exp": "-1"], ["exp": "0"], ["exp": "null"],
        ["exp": "true"],
        ["exp": "1795000000"], ["exp": "1795000901"], ["exp": "99999999999999999999999"], ["exp": "[1795000600]"], ["exp": "1795000600.5"],
        ["nbf": "1795000031"], ["iat": "1795000031"], ["iat": TokenForge.absent], ["iat": "-1"], ["iat": "0"],
        ["iat": "-9223372036854775808", "exp": "9223372036854775807"], ["iat": "1795000020", "exp": "1795000010"],
        ["nbf": #""1795000000""#],
        ["aud": #""oncall-service""#], ["aud": #"["tocsin","other"]"#], ["aud": TokenForge.absent], ["aud": #""Tocsin""#], ["aud": "null"],
        ["iss": #""https://evil.example.org""#], ["iss": TokenForge.absent], ["iss": #"["https://tocsin.example.org"]"#],
        ["role": TokenForge.absent], ["role": #"["admin"]"#], ["role": #""Admin""#], ["role": "null"], ["role": #""root""#],
        ["sub": TokenForge.absent], ["sub": #""alice""#], ["sub": "1"], ["sub": #""""#], ["jti": TokenForge.absent],
    ]

    @Test(arguments: badClaims) func claimsMustBeOurs(changed: [String: String]) async throws {
        #expect(try await verified(forge.token(claims: changed)) == nil)
    }

    @Test func publicKeyIsNoSharedSecret() async throws {
        let header = TokenForge.json(TokenForge.header, changed: ["alg": #""HS256""#])
        let signed = TokenForge.base64(Data(header.utf8)) + "." + TokenForge.base64(Data(TokenForge.json(TokenForge.claims).utf8))
        for material in [forge.key.publicKey.rawRepresentation, Data(forge.jwks.utf8)] {
            let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: material))
            #expect(try await verified(signed + "." + TokenForge.base64(Data(code))) == nil)
        }
    }

    @Test func keyInTheHeaderCountsForNothing() async throws {
        let stranger = TokenForge()
        let x = TokenForge.base64(stranger.key.publicKey.rawRepresentation)
        for header in [
            ["jwk": #"{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"\#(x)"}"#], ["jku": #""https://evil.example.org/jwks.json""#],
            ["x5u": #""https://evil.example.org/cert.pem""#], ["x5c": #"["\#(x)"]"#],
        ] as [[String: String]] {
            #expect(try await verified(stranger.token(header: header)) == nil)
            #expect(try await verified(forge.token(header: header)) != nil)
        }
    }

    @Test func signatureMustBeThere() async throws {
        let token = try forge.token()
        let parts = token.split(separator: ".").map(String.init)
        for bad in [
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])", ".\(parts[1]).\(parts[2])", "..", "",
            token + ".",
            "\(parts[0]).\(parts[1]).\(String(repeating: "A", count: 86))", token + "." + parts[2],
        ] {
            #expect(try await verified(bad) == nil, "\(bad)")
        }
    }

    static let doubled: [(header: String?, payload: String?)] = [
        (nil, #"{"sub":"018f0c1e-7a3b-7c4d-8e5f-000000000000","#), (nil, #"{"exp":1,"#), (nil, #"{"x":1,"x":2,"#),
        (nil, #"{"x":{"y":1,"y":2},"#),
        (nil, #"{"\u0073ub":"x","#), (#"{"alg":"none","#, nil), (#"{"kid":"k2","#, nil),
    ]

    @Test(arguments: doubled) func noMemberMayComeTwice(header: String?, payload: String?) async throws {
        let goodHeader = TokenForge.json(TokenForge.header)
        let goodPayload = TokenForge.json(TokenForge.claims)
        let token = try forge.sign(
            header.map { $0 + goodHeader.dropFirst() } ?? goodHeader, payload.map { $0 + goodPayload.dropFirst() } ?? goodPayload
        )
        #expect(try await verified(token) == nil)
    }

    static let notObjects = ["", "null", "[]", "1", "\"x\"", "\u{FEFF}{}", "{", "}", "{}}", "{\"a\":\"", " {}", "{\"a\":1}{\"b\":2}"]

    @Test(arguments: notObjects) func payloadMustBeOneObject(payload: String) async throws {
        #expect(try await verified(forge.sign(TokenForge.json(TokenForge.header), payload)) == nil)
    }

    @Test func hugeTokensAreRefusedUnread() async throws {
        let padded = try forge.token(claims: ["x": "\"" + String(repeating: "a", count: 12_000) + "\""])
        #expect(try await verified(padded) == nil)
        #expect(try await verified(String(repeating: ".", count: 100_000)) == nil)
        #expect(try await verified(forge.token(claims: ["x": "\"" + String(repeating: "a", count: 2_000) + "\""])) != nil)
    }

    @Test func tokenHasOneSpelling() async throws {
        let token = try forge.token()
        #expect(try await verified(token) != nil)
        // 64 bytes are 86 letters, the last of which carries 4 unused bits: 15 other letters mean the same to a lenient decoder.
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for twin in alphabet where twin != token.last {
            #expect(try await verified(token.dropLast() + String(twin)) == nil)
        }
        for other in [token + "=", token + "==", " " + token, token + "\n", token.replacingOccurrences(of: ".", with: "=.")] {
            #expect(try await verified(other) == nil)
        }
    }

    @Test func everyFlippedBitIsSeen() async throws {
        let token = try forge.token()
        let verifier = try AccessTokenVerifier(jwks: forge.jwks, issuer: TokenForge.issuer)
        for index in token.utf8.indices {
            for bit in 0..<7 {
                var bytes = Array(token.utf8)
                bytes[token.utf8.distance(from: token.utf8.startIndex, to: index)] ^= 1 << bit
                #expect(await verifier.verify(String(decoding: bytes, as: UTF8.self), now: TokenForge.now) == nil)
            }
        }
    }

    @Test(arguments: ["", "{}", #"{"keys":[]}"#, "[]", "<html>", #"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#])
    func keySetWithoutAnEd25519KeyIsRefused(jwks: String) {
        #expect(throws: AccessTokenVerifier.KeySetError.self) { try AccessTokenVerifier(jwks: jwks, issuer: TokenForge.issuer) }
    }

    @Test func keysOfOtherKindsInTheSetAreNoHarm() async throws {
        let mixed = forge.jwks.replacingOccurrences(of: #"{"keys":["#, with: #"{"keys":[{"kty":"RSA","kid":"k1","n":"AQAB","e":"AQAB"},"#)
        let verifier = try AccessTokenVerifier(jwks: mixed, issuer: TokenForge.issuer)
        #expect(await verifier.verify(try forge.token(), now: TokenForge.now) != nil)
    }
}
