import Foundation
import ServiceClients
import ServiceKit
import Synchronization
import Testing

/// Answers by script; asked for a name it does not know, it fails.
final class ScriptedResolver: HostResolver {
    struct Unknown: Error {}

    private let state: Mutex<[String: [[String]]]>
    private let asked = Mutex(0)

    /// Per name the answers in turn; the last one stays.
    init(_ answers: [String: [[String]]]) { state = Mutex(answers) }

    var questions: Int { asked.withLock { $0 } }

    func addresses(of host: String) async throws -> [IPAddress] {
        asked.withLock { $0 += 1 }
        let answer = state.withLock { state -> [String]? in
            guard let answers = state[host] else { return nil }
            if answers.count > 1 { state[host]?.removeFirst() }
            return answers.first
        }
        guard let answer else { throw Unknown() }
        return answer.compactMap { IPAddress($0) }
    }
}

@Suite struct EgressGuardTests {
    private func refusal(_ text: String, _ guardian: EgressGuard) async -> String? {
        do {
            _ = try await guardian.check(text)
            return nil
        } catch {
            return error.label
        }
    }

    // Reliability §5 H 111: addresses in every spelling.
    static let addresses: [(String, String)] = [
        ("https://127.0.0.1", "address_not_allowed"), ("https://127.1", "malformed_host"), ("https://0", "malformed_host"),
        ("https://2130706433", "malformed_host"), ("https://0x7f.1", "malformed_host"), ("https://0177.0.0.1", "malformed_host"),
        ("https://010.8.8.8", "malformed_host"), ("https://8.8.8.08", "malformed_host"),
        ("https://0x7f000001", "malformed_host"), ("https://127.0.0.0x1", "malformed_host"), ("https://1.2.3.4.5", "malformed_host"),
        ("https://127.0.0.1.", "malformed_host"), ("https://0.0.0.0", "address_not_allowed"), ("https://256.1.1.1", "malformed_host"),
        ("https://[::1]", "address_not_allowed"), ("https://[::]", "address_not_allowed"),
        ("https://[::ffff:127.0.0.1]", "address_not_allowed"), ("https://[::ffff:7f00:1]", "address_not_allowed"),
        ("https://[::127.0.0.1]", "address_not_allowed"), ("https://[64:ff9b::7f00:1]", "address_not_allowed"),
        ("https://[2002:7f00:1::]", "address_not_allowed"), ("https://[2001:0:1::1]", "address_not_allowed"),
        ("https://[fe80::1%25eth0]", "malformed_host"), ("https://[fe80::1]", "address_not_allowed"),
        ("https://[fd00:ec2::254]", "address_not_allowed"), ("https://[ff02::1]", "address_not_allowed"),
        ("https://[127.0.0.1]", "malformed_host"), ("https://::1", "malformed_port"), ("https://[::1", "malformed_port"),
        ("https://①②⑦.0.0.1", "malformed_characters"), ("https://localhost.", "malformed_host"), ("https://.localhost", "malformed_host"),
        ("https://169.254.169.254/latest/meta-data/", "address_not_allowed"), ("https://100.64.0.1", "address_not_allowed"),
        ("https://168.63.129.16", "address_not_allowed"), ("https://192.0.0.192", "address_not_allowed"),
        ("https://localhost", "address_not_allowed"), ("https://LOCALHOST", "address_not_allowed"),
        ("https://127.0.0.1.nip.io", "address_not_allowed"), ("https://metadata.google.internal", "address_not_allowed"),
        ("https://tocsin.example.org/hooks", "address_not_allowed"), ("https://TOCSIN.example.org", "address_not_allowed"),
        ("http://127.0.0.1", "malformed_scheme"),
    ]

    @Test(arguments: addresses) func privateAddressIsRefusedInEverySpelling(url: String, label: String) async {
        let resolver = ScriptedResolver([
            "localhost": [["127.0.0.1", "::1"]], "127.0.0.1.nip.io": [["127.0.0.1"]], "metadata.google.internal": [["169.254.169.254"]],
            "tocsin.example.org": [["93.184.216.34"]],
        ])
        #expect(await refusal(url, EgressGuard(refusedHosts: ["Tocsin.example.org"], resolver: resolver)) == label)
    }

    // Reliability §5 H 112: URLs that two parsers read differently, and schemes and ports that are not ours.
    static let shapes: [(String, String)] = [
        ("https://example.com:pass@169.254.169.254", "malformed_user_info"), ("https://user@example.com", "malformed_user_info"),
        ("https://evil\\@127.0.0.1", "malformed_characters"), ("https://example.com#@127.0.0.1/", "malformed_fragment"),
        ("https://example.com?@127.0.0.1/", "malformed_user_info"), ("https://example.com?x", "malformed_host"),
        ("https://example.com/a\r\nHost: x", "malformed_characters"), ("https://example.com/a b", "malformed_characters"),
        ("https://example.com/\u{0}", "malformed_characters"), ("https://exa\tmple.com/", "malformed_characters"),
        ("https://example.com:22/", "malformed_port"), ("https://example.com:25/", "malformed_port"),
        ("https://example.com:6379/", "malformed_port"), ("https://example.com:0/", "malformed_port"),
        ("https://example.com:65536/", "malformed_port"), ("https://example.com:/", "malformed_port"),
        ("https://example.com:+443/", "malformed_port"), ("https://example.com:443:443/", "malformed_port"),
        ("file:///etc/passwd", "malformed_scheme"), ("gopher://example.com/", "malformed_scheme"),
        ("ftp://example.com/", "malformed_scheme"),
        ("unix:/run/x.sock", "malformed_scheme"), ("http+unix://%2Frun%2Fx.sock/", "malformed_scheme"),
        ("//example.com/", "malformed_scheme"),
        ("example.com", "malformed_scheme"), ("", "malformed_scheme"), ("javascript:alert(1)", "malformed_scheme"),
        ("https:///path", "malformed_host"), ("https://", "malformed_host"), ("https://exa%6dple.com/", "malformed_host"),
        ("https://-example.com/", "malformed_host"), ("https://example..com/", "malformed_host"),
        ("https://*.example.com/", "malformed_host"),
        ("https://" + String(repeating: "a", count: 64) + ".com/", "malformed_host"),
        ("https://example.com/" + String(repeating: "a", count: 2_048), "malformed_too_long"), ("http://example.com/", "malformed_scheme"),
    ]

    @Test(arguments: shapes) func urlOfAnotherShapeIsRefused(url: String, label: String) async {
        let resolver = ScriptedResolver([:])
        #expect(await refusal(url, EgressGuard(resolver: resolver)) == label)
        #expect(resolver.questions == 0)
    }

    @Test func addressIsJudgedAsSoonAsItIsEntered() throws {
        let resolver = ScriptedResolver([:])
        let guardian = EgressGuard(resolver: resolver)
        #expect(throws: EgressError.addressNotAllowed) { try guardian.inspect("https://10.0.0.1/") }
        #expect(throws: EgressError.malformed(.scheme)) { try guardian.inspect("http://hooks.example.com/") }
        #expect(try guardian.inspect("HTTPS://Hooks.Example.com").text == "https://hooks.example.com:443/")
        #expect(resolver.questions == 0)
    }

    // Reliability §5 H 113: what the name service may say.
    static let answers: [([String], String?)] = [
        (["93.184.216.34"], nil), (["2606:2800:220:1::1"], nil), (["93.184.216.34", "2606:2800:220:1::1"], nil),
        (["93.184.216.34", "10.0.0.1"], "address_not_allowed"), (["10.0.0.1", "93.184.216.34"], "address_not_allowed"),
        (["93.184.216.34", "fd00::1"], "address_not_allowed"), (["127.0.0.1"], "address_not_allowed"),
        (["93.184.216.34", "::ffff:10.0.0.1"], "address_not_allowed"), ([], "unresolvable"),
        ((0..<100).map { "93.184.216.\($0)" }, "address_not_allowed"),
    ]

    @Test(arguments: answers) func everyAddressMustBePublic(addresses: [String], label: String?) async {
        #expect(
            await refusal("https://hooks.example.com/x", EgressGuard(resolver: ScriptedResolver(["hooks.example.com": [addresses]])))
                == label)
    }

    @Test func nameThatMovesIsCaughtByTheNextCheck() async throws {
        let resolver = ScriptedResolver(["rebind.example.com": [["93.184.216.34"], ["127.0.0.1"]]])
        let guardian = EgressGuard(resolver: resolver)
        let target = try await guardian.check("https://Rebind.example.com/x?y=1")
        #expect(target.address.description == "93.184.216.34")
        #expect(target.url.text == "https://rebind.example.com:443/x?y=1")
        #expect(resolver.questions == 1)
        #expect(await refusal("https://rebind.example.com/x", guardian) == "address_not_allowed")
    }

    static let opened: [(String, String?)] = [
        ("http://gotify:8080/message", nil), ("https://gotify:8080/", nil), ("http://GOTIFY:8080/", nil),
        ("http://gotify:8081/", "malformed_scheme"), ("http://gotify/", "malformed_scheme"), ("https://gotify/", "address_not_allowed"),
        ("http://10.0.0.7:9000/", nil), ("http://10.0.0.8:9000/", "malformed_scheme"), ("https://10.0.0.8:443/", "address_not_allowed"),
        ("http://[fd00::1]:80/", nil), ("http://[fd00:0:0::1]/", nil), ("http://u@gotify:8080/", "malformed_user_info"),
    ]

    @Test(arguments: opened) func operatorOpensSinglePlaces(url: String, label: String?) async throws {
        let allow = try #require(EgressAllowList(["gotify:8080", "10.0.0.7:9000", "[fd00::1]:80"]))
        let guardian = EgressGuard(allow: allow, resolver: ScriptedResolver(["gotify": [["172.18.0.5"]]]))
        #expect(await refusal(url, guardian) == label)
    }

    @Test(arguments: [
        "gotify", "gotify:", ":80", "gotify:0", "gotify:65536", "gotify:x", "http://gotify:80", "a b:80", "10.0.0:80", "fd00::1",
    ])
    func allowListEntryMustBeHostAndPort(entry: String) {
        #expect(EgressAllowList([entry]) == nil)
    }

    @Test func plainHTTPByFlagOpensNoAddress() async {
        let resolver = ScriptedResolver(["hooks.example.com": [["93.184.216.34"]], "inside": [["10.0.0.1"]]])
        let guardian = EgressGuard(allowsPlainHTTP: true, resolver: resolver)
        #expect(await refusal("http://hooks.example.com/", guardian) == nil)
        #expect(await refusal("http://inside/", guardian) == "address_not_allowed")
    }

    static let unicast: [(String, Bool)] = [
        ("8.8.8.8", true), ("1.1.1.1", true), ("100.63.255.255", true), ("100.128.0.0", true), ("172.15.255.255", true),
        ("172.32.0.0", true),
        ("198.17.255.255", true), ("198.20.0.0", true), ("223.255.255.255", true), ("9.255.255.255", true), ("11.0.0.0", true),
        ("0.1.2.3", false), ("10.255.255.255", false), ("100.64.0.0", false), ("100.127.255.255", false), ("100.100.100.200", false),
        ("127.255.255.254", false), ("169.254.0.1", false), ("172.16.0.0", false), ("172.31.255.255", false), ("192.0.2.1", false),
        ("192.88.99.1", false), ("192.168.0.1", false), ("198.18.0.1", false), ("198.19.255.255", false), ("198.51.100.1", false),
        ("203.0.113.1", false), ("224.0.0.1", false), ("239.255.255.255", false), ("240.0.0.1", false), ("255.255.255.255", false),
        ("2606:4700::1", true), ("2a00:1450::1", true), ("2001:200::1", true), ("2001:1ff::1", false), ("2001:db8::1", false),
        ("2002::1", false), ("3fff::1", false), ("3fff:1000::1", true), ("64:ff9b:1::1", false), ("100::1", false), ("4000::1", false),
        ("fc00::1", false), ("fec0::1", false), ("::", false),
    ]

    @Test(arguments: unicast) func onlyTheOrdinaryInternetIsGlobalUnicast(address: String, isGlobal: Bool) throws {
        #expect(try #require(IPAddress(address)).isGlobalUnicast == isGlobal)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.", "1.2.3.a", "01.2.3.4", "1.2.3.256", " 1.2.3.4", "fe80::1%eth0", "::g", ":", "1:2:3:4:5:6:7", "[::1]",
    ])
    func addressHasOneSpelling(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func errorsShowNeitherURLNorAddress() async {
        for url in ["https://127.0.0.1/canary", "https://canary:22/", "https://canary.example.com/"] {
            do {
                _ = try await EgressGuard(resolver: ScriptedResolver([:])).check(url)
            } catch {
                var dumped = "\(error) \(String(reflecting: error))"
                dump(error, to: &dumped)
                #expect(!dumped.contains("canary") && !dumped.contains("127"))
            }
        }
    }

    @Test func systemResolverKnowsThisMachine() async throws {
        let addresses = try await SystemResolver().addresses(of: "localhost")
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { !$0.isGlobalUnicast })
        #expect(await refusal("https://localhost/", EgressGuard()) == "address_not_allowed")
    }
}
