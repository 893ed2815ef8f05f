import Auth
import Testing
import WebUI

@Suite struct FormTokenTests {
    private let tokens = FormToken(secret: Secret("web-test-secret-4f9d2c1b7a6e5d8c0123456789"))

    @Test func tokenOfASessionIsAcceptedForThatSessionOnly() {
        let token = tokens.make(for: "session-a")
        #expect(tokens.verify(token, for: "session-a"))
        #expect(!tokens.verify(token, for: "session-b"))
    }

    @Test func tokenOfAnotherSecretIsRefused() {
        let others = FormToken(secret: Secret("another-secret-4f9d2c1b7a6e5d8c0123456789ab"))
        #expect(!tokens.verify(others.make(for: "session-a"), for: "session-a"))
    }

    @Test func everyFlippedDigitIsRefused() {
        let token = Array(tokens.make(for: "session-a"))
        for index in token.indices {
            var forged = token
            forged[index] = token[index] == "0" ? "1" : "0"
            #expect(!tokens.verify(String(forged), for: "session-a"))
        }
    }

    @Test(arguments: ["", "00", "nonsense", "é"]) func whatIsNoTokenIsRefused(text: String) {
        #expect(!tokens.verify(text, for: "session-a"))
    }
}
