import Auth
import Contracts
import Crypto
import Foundation
import Testing

@Suite struct InternalTokenTests {
    static let secret = Secret(String(repeating: "s3cret", count: 8))

    private func tokens(_ secret: Secret = secret, at offset: TimeInterval = 0) -> InternalTokens {
        InternalTokens(secret: secret, clock: { TokenForge.now + offset })
    }

    @Test(arguments: Peer.allCases) func calleeKnowsItsCaller(callee: Peer) throws {
        for caller in Peer.allCases {
            #expect(tokens().verify(try tokens().make(from: caller, to: callee), audience: callee) == caller)
        }
    }

    @Test func tokenForOneDaemonIsNothingToAnother() throws {
        let token = try tokens().make(from: .webUI, to: .onCall)
        for other in Peer.allCases where other != .onCall { #expect(tokens().verify(token, audience: other) == nil) }
    }

    static let ages: [(TimeInterval, Bool)] = [(-31, false), (-29, true), (0, true), (59, true), (89, true), (91, false), (86_400, false)]

    @Test(arguments: ages) func tokenIsGoodForAMinuteAndTheLeeway(age: TimeInterval, isGood: Bool) throws {
        let token = try tokens().make(from: .webUI, to: .onCall)
        #expect((tokens(at: age).verify(token, audience: .onCall) != nil) == isGood)
    }

    @Test func anotherSecretMakesOtherTokens() throws {
        let token = try tokens(Secret(String(repeating: "x", count: 40))).make(from: .webUI, to: .onCall)
        #expect(tokens().verify(token, audience: .onCall) == nil)
    }

    @Test func everyFlippedBitIsSeen() throws {
        let token = try tokens().make(from: .webUI, to: .onCall)
        for index in 0..<token.utf8.count {
            for bit in 0..<7 {
                var bytes = Array(token.utf8)
                bytes[index] ^= 1 << bit
                #expect(tokens().verify(String(decoding: bytes, as: UTF8.self), audience: .onCall) == nil)
            }
        }
    }

    /// A token by hand: HKDF-SHA256 over the secret, the audience as info, HMAC-SHA256 over the first two parts.
    private func forged(header: String = #"{"alg":"HS256","typ":"daemon+jwt"}"#, aud: String, keyOf peer: Peer) -> String {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(Self.secret.reveal().utf8)), info: Data(peer.rawValue.utf8), outputByteCount: 32
        )
        let claims = #"{"aud":"\#(aud)","exp":1795000060,"iat":1795000000,"sub":"web-ui"}"#
        let signed = TokenForge.base64(Data(header.utf8)) + "." + TokenForge.base64(Data(claims.utf8))
        return signed + "." + TokenForge.base64(Data(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)))
    }

    @Test func keyIsDerivedFromTheAudience() throws {
        #expect(tokens().verify(forged(aud: "oncall-service", keyOf: .onCall), audience: .onCall) == .webUI)
        #expect(try tokens().make(from: .webUI, to: .onCall) == forged(aud: "oncall-service", keyOf: .onCall))
        #expect(tokens().verify(forged(aud: "oncall-service", keyOf: .notification), audience: .onCall) == nil)
        #expect(tokens().verify(forged(aud: "notification-service", keyOf: .onCall), audience: .onCall) == nil)
    }

    @Test(arguments: [#"{"alg":"none","typ":"daemon+jwt"}"#, #"{"typ":"daemon+jwt","alg":"HS256"}"#, #"{"alg":"HS256"}"#, "{}", ""])
    func headerMustBeOurs(header: String) {
        #expect(tokens().verify(forged(header: header, aud: "oncall-service", keyOf: .onCall), audience: .onCall) == nil)
    }

    @Test func accessTokenIsNoDaemonToken() throws {
        #expect(tokens().verify(try TokenForge().token(), audience: .onCall) == nil)
        for text in ["", ".", "..", "a.b.c", String(repeating: "a", count: 20_000)] {
            #expect(tokens().verify(text, audience: .onCall) == nil)
        }
    }
}
