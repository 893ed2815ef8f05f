import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

/// Reliability SEC-1: what callers and settings hold back never shows.
@Suite struct LeakTests {
    static let canary = "canary-c0ffee"

    struct Leaky: Error, CustomStringConvertible { var description: String { "reason unknown" } }

    @Test func canariesShowNowhere() async throws {
        let kit = Kit(settings: ["INTERNAL_SECRET": Self.canary, "METRICS_TOKEN": Self.canary])
        let daemon = try kit.daemon { routes in
            routes.post("/integrations/{kind}/{key}", .open) { request, context async throws -> String in
                _ = try await request.jsonBody(context)
                throw Leaky()
            }
            routes.get("/private", .signedIn) { _, _ in "" }
        }
        let headers: HTTPFields = [
            .contentType: "application/json", .authorization: "Bearer \(Self.canary)", .cookie: "session=\(Self.canary)",
            .userAgent: "\(Self.canary)", .requestID: "\(Self.canary) x",
        ]
        var seen = ""
        try await daemon.application.test(.router) { client in
            for uri in [
                "/integrations/x/\(Self.canary)?q=\(Self.canary)", "/private?token=\(Self.canary)", "/integration/\(Self.canary)",
                "/\(Self.canary)x/y",
            ] {
                for body in ["{\"\(Self.canary)\":\"\(Self.canary)\"}", "{\"a\":\"\(Self.canary)\",}", "{\"a\":\(Self.canary)}"] {
                    let response = try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
                    #expect(!(response.text + "\(response.headers)").contains(Self.canary))
                }
            }
            let metrics = try await client.execute(uri: "/metrics", method: .get, headers: [.authorization: "Bearer \(Self.canary)"])
            #expect(metrics.status == .ok)
            #expect(!metrics.text.contains(Self.canary))
        }
        seen = kit.log.entries.filter { $0.metadata["http.route"] != "/\(Self.canary)x/…" }.map(\.description).joined(separator: "\n")
        #expect(!seen.contains(Self.canary))
        #expect(kit.log.errors.count == 1, "of three bodies one is well-formed and reaches the error")
    }
}
