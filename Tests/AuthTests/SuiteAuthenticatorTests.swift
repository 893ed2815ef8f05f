import Auth
import Contracts
import Foundation
import Testing

@Suite struct SuiteAuthenticatorTests {
    let sources = ScriptedSources()
    let time = TestTime()
    let forge = TokenForge()
    let tokens: InternalTokens
    let authenticator: SuiteAuthenticator
    let alice: Standing

    init() throws {
        let time = time
        tokens = InternalTokens(secret: Secret(String(repeating: "k", count: 40)), clock: { time.now })
        authenticator = SuiteAuthenticator(
            audience: .onCall, internalTokens: tokens, issuer: TokenForge.issuer, keys: sources, standing: sources, clock: { time.now }
        )
        sources.serve(jwks: forge.jwks)
        alice = Standing(role: .responder, userID: UserID(TokenForge.user), name: "Alice", email: "alice@example.org", teams: ["core"])
        sources.answer(TokenForge.user, alice)
    }

    private func person() async throws -> Principal? { try await authenticator.principal(for: .bearer(forge.token())) }

    @Test func daemonIsKnownByItsToken() async throws {
        let token = try tokens.make(from: .incidentManagement, to: .onCall)
        let principal = try #require(try await authenticator.principal(for: .bearer(token)))
        #expect(principal.kind == .daemon(.incidentManagement))
        #expect(principal.role == nil)
        #expect(sources.standingQuestions == 0)
        #expect(try await authenticator.principal(for: .bearer(tokens.make(from: .webUI, to: .notification))) == nil)
        #expect(try await authenticator.principal(for: .apiKey(token)) == nil)
    }

    @Test func personHasTheRoleOfTheStandingNotOfTheToken() async throws {
        let token = try forge.token(claims: ["role": #""admin""#])
        let principal = try #require(try await authenticator.principal(for: .bearer(token)))
        #expect(principal.role == .responder)
        #expect(principal.teams == ["core"])
        #expect(principal.actor == "alice@example.org")
    }

    @Test func programIsKnownByItsAPIToken() async throws {
        let token = APIToken.make(kind: .api)
        sources.answer(token.digest, Standing(role: .viewer, name: "ci"))
        for credential in [Credential.bearer(token.text.reveal()), .apiKey(token.text.reveal())] {
            let principal = try #require(try await authenticator.principal(for: credential))
            #expect(principal.actor == "token:ci")
            #expect(principal.role == .viewer)
            #expect(principal.scope == "token:\(token.digest.prefix(32))")
        }
    }

    @Test func tokenOfAnotherKindIsNoAPIToken() async throws {
        for kind in APIToken.Kind.allCases where kind != .api {
            let token = APIToken.make(kind: kind)
            sources.answer(token.digest, Standing(role: .admin, name: "x"))
            #expect(try await authenticator.principal(for: .bearer(token.text.reveal())) == nil)
        }
        #expect(sources.standingQuestions == 0)
    }

    @Test func garbageIsRefusedWithoutAskingAnybody() async throws {
        for text in ["", "x", "a.b.c", "tcs_api_x_y", String(repeating: "a.", count: 9_000), "Bearer x"] {
            for credential in [Credential.bearer(text), .apiKey(text), .genieKey(text)] {
                #expect(try await authenticator.principal(for: credential) == nil)
            }
        }
        #expect(sources.standingQuestions == 0)
        #expect(sources.keyQuestions == 0)
    }

    @Test func answerIsUsedForTwoSecondsAndNoLonger() async throws {
        #expect(try await person() != nil)
        sources.answer(TokenForge.user, .none)
        time.advance(1.9)
        #expect(try await person() != nil)
        #expect(sources.standingQuestions == 1)
        time.advance(0.2)
        #expect(try await person() == nil)
        #expect(sources.standingQuestions == 2)
        #expect(try await person() == nil)
        #expect(sources.standingQuestions == 2)
    }

    @Test func everyRefusedAPITokenAsksAsOftenAsAnUnknownOne() async throws {
        let (unknown, revoked) = (APIToken.make(kind: .api), APIToken.make(kind: .api))
        sources.answer(revoked.digest, Standing(role: .viewer, name: "ci"))
        #expect(try await authenticator.principal(for: .bearer(revoked.text.reveal())) != nil)
        sources.answer(revoked.digest, .none)
        time.advance(2)
        for token in [unknown, revoked] {
            var questions: [Int] = []
            for pause in [0, 1.9, 0.2] {
                time.advance(pause)
                let before = sources.standingQuestions
                #expect(try await authenticator.principal(for: .bearer(token.text.reveal())) == nil)
                questions.append(sources.standingQuestions - before)
            }
            #expect(questions == [1, 0, 1])
        }
    }

    @Test func restoredUserIsGoodAgainWithinTwoSeconds() async throws {
        sources.answer(TokenForge.user, .none)
        #expect(try await person() == nil)
        sources.answer(TokenForge.user, alice)
        time.advance(2)
        #expect(try await person() != nil)
    }

    @Test func lastKnownStandingCarriesPeopleThroughAnOutage() async throws {
        #expect(try await person() != nil)
        sources.reach(false)
        time.advance(59)
        #expect(try await person() != nil)
        time.advance(2)
        await #expect(throws: AuthenticationUnavailable.self) { try await person() }
        sources.reach(true)
        time.advance(1)
        #expect(try await person() != nil)
    }

    @Test func whoWasRefusedStaysRefusedInAnOutage() async throws {
        sources.answer(TokenForge.user, .none)
        #expect(try await person() == nil)
        sources.reach(false)
        time.advance(30)
        #expect(try await person() == nil)
    }

    @Test func strangerInAnOutageIsNotRefusedButPutOff() async throws {
        #expect(try await person() != nil)
        sources.reach(false)
        let token = APIToken.make(kind: .api)
        await #expect(throws: AuthenticationUnavailable.self) { try await authenticator.principal(for: .bearer(token.text.reveal())) }
    }

    @Test func nobodyHammersASourceThatIsDown() async throws {
        sources.reach(false)
        for _ in 0..<10 {
            let token = APIToken.make(kind: .api)
            await #expect(throws: AuthenticationUnavailable.self) { try await authenticator.principal(for: .bearer(token.text.reveal())) }
        }
        #expect(sources.standingQuestions == 1)
    }

    @Test func newKeyIsFetchedWhenItsTokenComes() async throws {
        #expect(try await person() != nil)
        var next = TokenForge()
        next.keyID = "k2"
        let token = try next.token(header: ["kid": #""k2""#])
        sources.serve(jwks: next.jwks)
        time.advance(6)
        #expect(try await authenticator.principal(for: .bearer(token)) != nil)
        #expect(sources.keyQuestions == 2)
        #expect(try await person() == nil)
    }

    @Test func unknownKeysMakeNoFlood() async throws {
        #expect(try await person() != nil)
        time.advance(6)
        for number in 0..<50 {
            #expect(try await authenticator.principal(for: .bearer(forge.token(header: ["kid": "\"x\(number)\""]))) == nil)
        }
        #expect(sources.keyQuestions == 2)
    }

    @Test func withdrawnKeyEndsWithinFiveMinutes() async throws {
        #expect(try await person() != nil)
        var next = TokenForge()
        next.keyID = "k2"
        sources.serve(jwks: next.jwks)
        time.advance(300)
        #expect(try await person() == nil)
    }

    @Test func withoutKeysNobodyIsRefused() async throws {
        sources.reach(false)
        await #expect(throws: AuthenticationUnavailable.self) { try await person() }
        sources.reach(true)
        time.advance(1)
        #expect(try await person() != nil)
    }

    @Test(.timeLimit(.minutes(5))) func crowdAsksOnce() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        sources.hold(at: gate)
        let token = try forge.token()
        let known = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await authenticator.principal(for: .bearer(token)) != nil } }
            while sources.standingQuestions == 0 { await Task.yield() }
            open.finish()
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(known == 50)
        #expect(sources.standingQuestions == 1)
        #expect(sources.keyQuestions == 1)
    }
}
