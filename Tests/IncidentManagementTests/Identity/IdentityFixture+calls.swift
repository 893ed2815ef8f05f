import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

extension IdentityFixture {
    /// Sends JSON, and a bearer credential when one is given.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, token: String? = nil, type: String = "application/json",
        headers more: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = more
        if body != nil { headers[.contentType] = type }
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) {
            response in
            Answer(status: response.status, headers: response.headers, text: String(buffer: response.body))
        }
    }

    func post(_ path: String, _ body: String? = nil, token: String? = nil) async throws -> Answer {
        try await call(.post, path, body, token: token)
    }

    func get(_ path: String, token: String? = nil) async throws -> Answer {
        try await call(.get, path, token: token)
    }

    @discardableResult
    func setUp(email: String = "root@example.org") async throws -> Answer {
        try await post(
            "/api/v1/auth/setup", #"{"token":"\#(Self.setupToken)","email":"\#(email)","password":"\#(Self.password)"}"#
        )
    }

    func logIn(_ name: String = "root@example.org", _ password: String = IdentityFixture.password) async throws -> Answer {
        try await post("/api/v1/auth/login/access-token", #"{"username":"\#(name)","password":"\#(password)"}"#)
    }

    /// The access token of an admin who has just been made.
    func admin() async throws -> String {
        try await setUp()
        return try #require(try await logIn()["access_token"])
    }

    /// A new account's id and a fresh access token of it.
    func person(_ email: String, role: String = "responder", by admin: String) async throws -> (id: String, token: String) {
        clock.advance(by: .milliseconds(2))
        let made = try await post(
            "/api/v1/users", #"{"email":"\#(email)","role":"\#(role)","password":"\#(Self.password)"}"#, token: admin
        )
        let id = try #require(made["id"])
        return (id, try #require(try await logIn(email)["access_token"]))
    }
}
