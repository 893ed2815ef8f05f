import Auth
import Contracts
import Foundation
import Synchronization
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

    @Test func accessTokenIsNoDaemonToken() throws {
        #expect(tokens().verify(try TokenForge().token(), audience: .onCall) == nil)
        for text in ["", ".", "..", "a.b.c", String(repeating: "a", count: 20_000)] {
            #expect(tokens().verify(text, audience: .onCall) == nil)
        }
    }
}
