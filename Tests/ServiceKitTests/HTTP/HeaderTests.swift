import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct HeaderTests {
    @Test func everyAnswerCarriesTheSecureHeaders() async throws {
        let daemon = try Kit().daemon { routes in
            routes.get("/page", .open) { _, _ in
                Response(status: .ok, headers: [.contentSecurityPolicy: "default-src 'self'", .cacheControl: "max-age=60"])
            }
        }
        try await daemon.application.test(.router) { client in
            for path in ["/livez", "/nothing", "/health"] {
                let headers = try await client.execute(uri: path, method: .get).headers
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[.referrerPolicy] == "no-referrer")
                #expect(headers[.cacheControl] == "no-store")
                #expect(headers[.contentSecurityPolicy] == "default-src 'none'; frame-ancestors 'none'")
                #expect(headers[.accessControlAllowOrigin] == nil)
            }
            let page = try await client.execute(uri: "/page", method: .get).headers
            #expect(page[.contentSecurityPolicy] == "default-src 'self'")
            #expect(page[.cacheControl] == "max-age=60")
        }
    }

    @Test(
        arguments: [("https://tocsin.example.org", "max-age=31536000"), ("http://localhost:8080", nil), ("", nil)] as [(String, String?)])
    func strictTransportIsToldOverTLSOnly(publicURL: String, header: String?) async throws {
        try await Kit(settings: ["PUBLIC_URL": publicURL]).daemon().application.test(.router) { client in
            let answer = try await client.execute(uri: "/livez", method: .get)
            #expect(answer.headers[.strictTransportSecurity] == header)
        }
    }

    @Test func listedOriginMayReadWithCredentials() async throws {
        let kit = Kit(settings: ["CORS_ALLOWED_ORIGINS": "https://status.example.org, http://localhost:3000"])
        try await kit.daemon().application.test(.router) { client in
            let good = try await client.execute(uri: "/livez", method: .get, headers: [.origin: "http://localhost:3000"])
            #expect(good.headers[.accessControlAllowOrigin] == "http://localhost:3000")
            #expect(good.headers[.accessControlAllowCredentials] == "true")
            #expect(good.headers[.vary] == "Origin")
            for origin in ["https://evil.example", "null", "https://status.example.org.evil.example", "http://status.example.org"] {
                let bad = try await client.execute(uri: "/livez", method: .get, headers: [.origin: origin])
                #expect(bad.status == .ok)
                #expect(bad.headers[.accessControlAllowOrigin] == nil)
                #expect(bad.headers[.accessControlAllowCredentials] == nil)
            }
        }
    }

    @Test func preflightIsAnsweredForListedOriginsOnly() async throws {
        let kit = Kit(settings: ["CORS_ALLOWED_ORIGINS": "https://status.example.org"])
        try await kit.daemon().application.test(.router) { client in
            func preflight(_ origin: String) async throws -> TestResponse {
                try await client.execute(uri: "/livez", method: .options, headers: [.origin: origin, .accessControlRequestMethod: "GET"])
            }
            let good = try await preflight("https://status.example.org")
            #expect(good.status == .noContent)
            #expect(good.headers[.accessControlAllowHeaders]?.contains("Authorization") == true)
            let bad = try await preflight("https://evil.example")
            #expect(bad.status == .forbidden)
            #expect(bad.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test func starAllowsEverybodyWithoutCredentials() async throws {
        try await Kit(settings: ["CORS_ALLOWED_ORIGINS": "*"]).daemon().application.test(.router) { client in
            let answer = try await client.execute(uri: "/livez", method: .get, headers: [.origin: "https://anybody.example"])
            #expect(answer.headers[.accessControlAllowOrigin] == "*")
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
        }
    }

    @Test(arguments: ["example.org", "https://", "https://a/b", "ftp://a", "https://a, x"])
    func malformedOriginIsAConfigurationError(list: String) {
        #expect(throws: ConfigurationError.self) { try Kit(settings: ["CORS_ALLOWED_ORIGINS": list]).daemon() }
    }
}
