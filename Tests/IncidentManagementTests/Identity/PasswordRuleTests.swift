import IncidentManagement
import Testing

@Suite struct PasswordRuleTests {
    private let alice = EmailAddress("alice.smith@example.org")

    @Test(arguments: ["correct horse", "ünïcödé-ok", "8charsOK", String(repeating: "ab", count: 64), "日本語のパスワード"])
    func goodPasswordsPass(_ password: String) {
        #expect(PasswordRule.fault(password, for: alice) == nil)
    }

    @Test(arguments: [
        "", "short12", String(repeating: "ab", count: 64) + "c", "password", "PassWord", "ｐａｓｓｗｏｒｄ", "12345678", "        ", "aaaaaaaaaa",
        "with\0nul-inside",
        "alice.smith", "Alice.Smith@Example.org",
    ])
    func badPasswordsFail(_ password: String) {
        #expect(PasswordRule.fault(password, for: alice) != nil)
    }

    @Test func lengthCountsScalarsSoThatManyMarksOnOneLetterAreLong() {
        #expect(PasswordRule.fault("ab" + String(repeating: "\u{0301}", count: 127), for: nil) != nil)
    }

    @Test func composedAndDecomposedLettersAreOnePassword() {
        #expect(PasswordRule.normalized("cafe\u{0301}-noir") == PasswordRule.normalized("caf\u{00E9}-noir"))
    }
}
