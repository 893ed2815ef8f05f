import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct ErrorTests {
    struct Surprise: Error { let canary = "canary-7f3a" }
    struct Domain: ProblemConvertible { var problem: Problem { .conflict(code: "already_resolved", "It is resolved.") } }

    private static let errors: [(String, any Error & Sendable, Int, String)] = [
        ("/domain", Domain(), 409, "already_resolved"), ("/missing", Problem.notFound("incident"), 404, "not_found"),
        (
            "/fields", InvalidFields([FieldFault(pointer: "/a", detail: "is required"), FieldFault(pointer: "/b", detail: "is wrong")]),
            422, "invalid_fields"
        ),
        ("/json", JSONFault(pointer: "/x", offset: 3, detail: "NUL is not allowed."), 400, "malformed_json"),
        ("/http", HTTPError(.gone, message: "canary-7f3a"), 410, "gone"),
        ("/busy", Problem.unavailable("Later.", retryAfter: .milliseconds(1_500)), 503, "unavailable"),
        ("/cancelled", CancellationError(), 503, "unavailable"), ("/surprise", Surprise(), 500, "internal_error"),
    ]

    private func daemon(_ kit: Kit) throws -> Daemon {
        try kit.daemon { routes in
            for (path, error, _, _) in Self.errors { routes.get(path, .open) { _, _ async throws -> Response in throw error } }
            routes.get("/api/v1/things/{id}", .open) { _, context in try context.parameter("id", IncidentID.self).description }
            routes.patch("/api/v1/things/{id}", .open) { _, _ in "" }
        }
    }

    @Test func everyErrorIsAProblem() async throws {
        try await daemon(Kit()).application.test(.router) { client in
            for (path, _, status, code) in Self.errors {
                let response = try await client.execute(uri: path, method: .get)
                #expect(response.status.code == status)
                #expect(response.headers[.contentType] == "application/problem+json")
                let problem = try response.problem()
                #expect(problem.code == code)
                #expect(problem.status == status)
                #expect(problem.type == "about:blank")
                #expect(problem.requestID == response.headers[.requestID])
                #expect(!response.text.contains("canary"))
            }
            #expect(try await client.execute(uri: "/fields", method: .get).problem().errors?.map(\.pointer) == ["/a", "/b"])
            #expect(try await client.execute(uri: "/busy", method: .get).headers[.retryAfter] == "2")
        }
    }

    @Test func onlyTheUnknownErrorIsLoggedAndOnce() async throws {
        let kit = Kit()
        try await daemon(kit).application.test(.router) { client in
            for (path, _, _, _) in Self.errors { _ = try await client.execute(uri: path, method: .get, headers: [.requestID: "r-1"]) }
        }
        #expect(kit.log.errors.count == 1)
        #expect(kit.log.errors.first?.metadata["error.type"] == "Surprise")
        #expect(kit.log.errors.first?.metadata["http.request.id"] == "r-1")
        #expect(kit.log.errors.first?.metadata["http.route"] == "/surprise")
    }

    @Test func otherMethodOfAKnownPathIs405() async throws {
        try await daemon(Kit()).application.test(.router) { client in
            for path in ["/api/v1/things/1", "/v1/things/1"] {
                let response = try await client.execute(uri: path, method: .delete)
                #expect(response.status == .methodNotAllowed)
                #expect(response.headers[.allow] == "GET, HEAD, OPTIONS, PATCH")
                #expect(try response.problem().code == "method_not_allowed")
                let options = try await client.execute(uri: path, method: .options)
                #expect(options.status == .noContent)
                #expect(options.headers[.allow] == "GET, HEAD, OPTIONS, PATCH")
            }
            let foo = try #require(HTTPRequest.Method("FOO"))
            #expect(try await client.execute(uri: "/v1/things/1", method: foo).status == .notImplemented)
            let query = try #require(HTTPRequest.Method("QUERY"))
            for method in [.trace, query] {
                #expect(try await client.execute(uri: "/v1/things/1", method: method).status == .methodNotAllowed)
            }
        }
    }

    @Test(arguments: [
        "/nothing", "/api/v1", "/api/v2/things/1", "//evil.com/..%2f", "/%2e%2e/etc/passwd", "/things/%00", "/health;jsessionid=1",
        "/%c0%af",
    ])
    func unknownPathIs404(path: String) async throws {
        try await daemon(Kit()).application.test(.router) { client in
            let response = try await client.execute(uri: path, method: .get)
            #expect(response.status == .notFound)
            #expect(try response.problem().code == "not_found")
        }
    }

    @Test func malformedIDIsNotFound() async throws {
        let id = IncidentID.make(at: ManualClock.start)
        try await daemon(Kit()).application.test(.router) { client in
            for bad in ["1", "0", "-1", "9223372036854775808", "1;drop", "%00", "\(id)x"] {
                let response = try await client.execute(uri: "/api/v1/things/\(bad)", method: .get)
                #expect(response.status == .notFound)
            }
            let response = try await client.execute(uri: "/v1/things/\(id)", method: .get)
            #expect(response.text == id.description)
        }
    }

    @Test func headAnswersLikeGetWithoutABody() async throws {
        try await daemon(Kit()).application.test(.router) { client in
            let response = try await client.execute(uri: "/livez", method: .head)
            #expect(response.status == .ok)
            #expect(response.body.readableBytes == 0)
        }
    }

    @Test func queryIsReadOnceAndStrictly() async throws {
        let daemon = try Kit().daemon { $0.get("/q", .open) { request, _ in "\(try request.limit()) \(try request.query("q") ?? "-")" } }
        try await daemon.application.test(.router) { client in
            for bad in [
                "limit=1&limit=9999", "limit=-1", "limit=1e9", "limit=%D9%A3", "limit=9223372036854775808", "limit=", "limit=0",
                "limit=201", "q=%ff", "q=a&q=b", "q=%00",
            ] {
                let response = try await client.execute(uri: "/q?\(bad)", method: .get)
                #expect(response.status == .badRequest, "\(bad)")
            }
            #expect(try await client.execute(uri: "/q", method: .get).text == "50 -")
            #expect(try await client.execute(uri: "/q?limit=200&q=disk+full%2B%26", method: .get).text == "200 disk full+&")
        }
    }
}
