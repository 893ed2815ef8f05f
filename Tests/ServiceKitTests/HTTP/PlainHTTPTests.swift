import Contracts
import Foundation
import Hummingbird
import ServiceKit
import Testing

@Suite struct PlainHTTPTests {
    /// What a proxy says of its client's scheme, to a daemon that trusts it or not and is published over TLS or not.
    struct Case: Sendable, CustomTestStringConvertible {
        let isTrusted: Bool
        let scheme: String?
        let publicURL: String
        let path: String

        static let all: [Case] = {
            var all: [Case] = []
            for isTrusted in [true, false] {
                for scheme in ["http", "https", nil] {
                    for publicURL in ["https://tocsin.example.org", "http://tocsin.example.org"] {
                        for path in ["/ordinary", "/hot"] {
                            all.append(Case(isTrusted: isTrusted, scheme: scheme, publicURL: publicURL, path: path))
                        }
                    }
                }
            }
            return all
        }()

        var isRefused: Bool { isTrusted && scheme == "http" && publicURL.hasPrefix("https:") }
        /// Who answers what is not refused.
        var answer: String { path == "/hot" && scheme != "http" ? "hot" : "framework" }
        var testDescription: String { "\(isTrusted ? "trusted" : "untrusted") \(scheme ?? "silent") \(publicURL) \(path)" }
    }

    private static let trusted = ["PUBLIC_URL": "https://tocsin.example.org/base", "TRUSTED_PROXIES": "127.0.0.1"]

    /// The daemon's answer to one request without a body, or with one when it is a POST.
    private func answer(
        _ method: String, _ target: String, _ forwarded: String, of peer: Peer = .webUI, _ settings: [String: String] = trusted,
        sending body: String = "{}"
    ) async throws -> String {
        var kit = Kit(settings: settings)
        kit.peer = peer
        let daemon = try kit.daemon { routes in
            routes.post("/ordinary", .open) { _, _ in "framework" }
            routes.get("/page", .open) { _, _ in "page" }
            routes.post("/internal/v1/pages", .open) { _, _ in "daemon" }
            routes.post("/hot", .integration) { _, _ in "framework" }
            routes.hot("/hot") { _, _ in .answered(HotAnswer(status: 200, json: "hot")) }
        }
        let content = method == "POST" ? "Content-Type: application/json\r\nContent-Length: 2\r\n" : ""
        let head = "\(method) \(target) HTTP/1.1\r\nHost: x\r\nX-API-Key: key\r\n\(forwarded)\(content)\r\n"
        return try await daemon.whileServing { port in
            try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(head + (method == "POST" ? body : ""))
                return await reader.answers(1)
            }
        }
    }

    @Test(arguments: Case.all) func onlyPlainHTTPBehindATrustedProxyOfAnHTTPSSuiteIsRefused(_ known: Case) async throws {
        let settings = ["PUBLIC_URL": known.publicURL, "TRUSTED_PROXIES": known.isTrusted ? "127.0.0.1" : "10.0.0.0/8"]
        let forwarded = known.scheme.map { "X-Forwarded-Proto: \($0)\r\n" } ?? ""
        let text = try await answer("POST", known.path, forwarded, of: .alertIngestion, settings)
        if known.isRefused {
            #expect(text.hasPrefix("HTTP/1.1 403 ") && text.contains("https_required"), "\(text)")
            #expect(text.contains("application/problem+json"))
        } else {
            #expect(text.hasPrefix("HTTP/1.1 200 ") && text.hasSuffix("\r\n\r\n" + known.answer), "\(text)")
        }
    }

    @Test(arguments: [
        ("X-Forwarded-Proto: http, https\r\n", 200), ("X-Forwarded-Proto: https, http\r\n", 403), ("X-Forwarded-Proto: HTTPS\r\n", 200),
        ("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https\r\n", 200), ("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n", 403),
        ("X-Forwarded-Proto: https,\r\n", 403), ("X-Forwarded-Proto: ws\r\n", 403), ("X-Forwarded-Proto:\r\n", 403),
    ])
    func lastWordIsTheProxys(forwarded: String, status: Int) async throws {
        for path in ["/ordinary", "/hot"] {
            #expect(try await answer("POST", path, forwarded).hasPrefix("HTTP/1.1 \(status) "), "\(path)")
        }
    }

    @Test(arguments: [("GET", "/page?a=b%20c&d"), ("HEAD", "/page"), ("GET", "/nothing/here"), ("GET", "//evil.example/x")])
    func readerOfPagesIsSentToThePublicAddress(method: String, target: String) async throws {
        let text = try await answer(method, target, "X-Forwarded-Proto: http\r\n")
        #expect(text.hasPrefix("HTTP/1.1 308 ") && text.contains("Location: https://tocsin.example.org\(target)\r\n"), "\(text)")
    }

    @Test func daemonThatIsNotAtThePublicAddressSendsNobodyThere() async throws {
        let text = try await answer("GET", "/page", "X-Forwarded-Proto: http\r\n", of: .onCall)
        #expect(text.hasPrefix("HTTP/1.1 403 ") && !text.contains("Location"), "\(text)")
    }

    @Test func refusalDoesNotWaitForTheBody() async throws {
        let text = try await answer("POST", "/ordinary", "X-Forwarded-Proto: http\r\n", sending: "")
        #expect(text.hasPrefix("HTTP/1.1 403 "), "\(text)")
    }

    @Test func callBetweenDaemonsIsAnswered() async throws {
        #expect(try await answer("POST", "/internal/v1/pages", "X-Forwarded-Proto: http\r\n", of: .notification).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func callOfTheWebPagesIsAnswered() async throws {
        let forwarded = "X-Forwarded-Proto: http\r\nX-Tocsin-Peer: token\r\n"
        #expect(try await answer("POST", "/ordinary", forwarded, of: .incidentManagement).hasPrefix("HTTP/1.1 200 "))
    }

    @Test(arguments: ["/livez", "/readyz", "/health", "/health/ready", "/metrics"])
    func probesAreAnswered(path: String) async throws {
        #expect(try await answer("GET", path, "X-Forwarded-Proto: http\r\n", of: .onCall).hasPrefix("HTTP/1.1 200 "))
    }
}
