import Contracts
import IncidentManagement
import Testing

@Suite struct NameTests {
    @Test(arguments: ["Alice@Example.org", " alice@example.org ", "ＡＬＩＣＥ@example.org", "ALICE@EXAMPLE.ORG"])
    func spellingsOfAnAddressAreOne(_ text: String) {
        #expect(EmailAddress(text)?.canonical == "alice@example.org")
        #expect(LoginName(text) == .email("alice@example.org"))
    }

    @Test(arguments: [
        "", "alice", "@example.org", "alice@", "a b@example.org", "\"alice\"@example.org", "alice@-example.org", "alice@example..org",
        ".alice@example.org", "alice\r\nBcc: x@example.org", "alice@exa\u{202E}mple.org", "älice@example.org", "a@b@example.org,",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test func longAddressesAreRefused() {
        #expect(EmailAddress(String(repeating: "a", count: 65) + "@example.org") == nil)
        #expect(EmailAddress("a@" + String(repeating: "b.", count: 130) + "org") == nil)
    }

    @Test func taggedAddressesStayApart() {
        #expect(EmailAddress("alice+oncall@example.org")?.canonical == "alice+oncall@example.org")
    }

    @Test(arguments: [("Admin", "admin"), (" admin ", "admin"), ("ａｄｍｉｎ", "admin"), ("bob.k-2_x", "bob.k-2_x")])
    func userNamesAreFolded(_ text: String, _ folded: String) {
        #expect(UserName(text)?.text == folded)
        #expect(LoginName(text) == .userName(folded))
    }

    @Test(arguments: ["", "2fast", "a b", "-a", "ad\u{200B}min", "a@b", String(repeating: "a", count: 65)])
    func whatIsNoUserNameIsRefused(_ text: String) {
        #expect(UserName(text) == nil)
    }

    @Test func usualUserNameIsTheLocalPart() throws {
        let email = try #require(EmailAddress("Alice+x@example.org"))
        #expect(UserName(localPartOf: email)?.text == "alice-x")
    }

    @Test(arguments: [
        ("192.0.2.77", "192.0.2.0/24"), ("::ffff:192.0.2.9", "192.0.2.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("not an address", "unknown"),
    ])
    func addressesBelongToNetworks(_ address: String, _ network: String) {
        #expect(NetworkPrefix(address).text == network)
    }

    @Test func noAddressIsANetworkToo() {
        #expect(NetworkPrefix(nil).text == "unknown")
    }
}
