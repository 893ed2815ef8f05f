import Auth
import Contracts
import Foundation
import Testing

@Suite struct SecretTests {
    static let canary = "canary-5b1f"

    static let holders: [any Sendable] = [
        Secret(canary), Credential.bearer(canary), Credential.apiKey(canary), Credential.genieKey(canary), [Secret(canary)],
        Optional(Secret(canary)) as any Sendable,
    ]

    @Test(arguments: holders.indices) func nothingPrintsASecret(index: Int) {
        let value = Self.holders[index]
        var dumped = ""
        dump(value, to: &dumped)
        for text in ["\(value)", String(describing: value), String(reflecting: value), dumped] { #expect(!text.contains(Self.canary)) }
    }

    @Test func tokenAndHasherPrintNothing() async throws {
        let token = APIToken.make(kind: .api)
        let hasher = PasswordHasher(pepper: Secret(Self.canary), cost: 4)
        let tokens = InternalTokens(secret: Secret(Self.canary), clock: { TokenForge.now })
        var dumped = ""
        dump(token, to: &dumped)
        dump(hasher, to: &dumped)
        dump(tokens, to: &dumped)
        #expect(!dumped.contains(Self.canary))
        #expect(!dumped.contains(token.text.reveal()))
    }

    @Test func equalSecretsAreEqual() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        // Strings of other bytes are other secrets, even where Swift finds the strings equal.
        #expect(Secret("\u{E9}") != Secret("e\u{301}"))
        #expect(Set([Secret("a"), Secret("a"), Secret("b")]).count == 2)
    }

    @Test func principalsAreNamedAndScoped() throws {
        let user = try #require(UserID(TokenForge.user))
        let alice = Principal(kind: .user(user), role: .admin, name: "Alice", email: "alice@example.org")
        #expect(alice.actor == "alice@example.org")
        #expect(alice.scope == "user:\(TokenForge.user)")
        #expect(alice.userID == user)
        let token = Principal(kind: .apiToken("ci"), role: .viewer, name: "ci", owner: user, tokenID: "ab12")
        #expect(token.actor == "token:ci")
        #expect(token.scope == "token:ab12" && token.tokenID == "ab12")
        #expect(token.userID == user)
        let daemon = Principal(kind: .daemon(.onCall), role: nil, name: "x")
        #expect(daemon.actor == "daemon:oncall-service")
        #expect(Principal.anonymous.role == nil)
    }
}
