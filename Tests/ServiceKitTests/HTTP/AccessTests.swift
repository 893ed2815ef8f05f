import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct AccessTests {
    private static let policies: [(String, Access)] = [
        ("/open", .open), ("/signed-in", .signedIn), ("/viewer", .role(.viewer)), ("/responder", .role(.responder)),
        ("/admin", .role(.admin)),
        ("/daemon", .daemon), ("/integration", .integration),
    ]

    private func daemon(_ kit: Kit) throws -> Daemon {
        try kit.daemon { routes in
            for (path, access) in Self.policies { routes.get(path, access) { _, context in context.caller.actor } }
        }
    }

    /// Status for each of the policies above, in their order.
    @Test(arguments: [
        ("", [200, 401, 401, 401, 401, 401, 401]), ("Bearer stranger", [200, 401, 401, 401, 401, 401, 401]),
        ("Bearer norole", [200, 403, 403, 403, 403, 403, 403]), ("Bearer viewer", [200, 200, 200, 403, 403, 403, 403]),
        ("Bearer responder", [200, 200, 200, 200, 403, 403, 200]), ("bearer admin", [200, 200, 200, 200, 200, 403, 200]),
        ("Bearer daemon", [200, 403, 403, 403, 403, 200, 403]), ("GenieKey key", [200, 403, 403, 403, 403, 403, 200]),
        ("X key", [200, 403, 403, 403, 403, 403, 200]), ("X token", [200, 200, 200, 200, 403, 403, 200]),
        ("Bearer down", [200, 503, 503, 503, 503, 503, 503]),
    ])
    func matrix(credential: String, statuses: [Int]) async throws {
        var headers: HTTPFields = [:]
        if credential.hasPrefix("X ") {
            headers[.apiKey] = String(credential.dropFirst(2))
        } else if !credential.isEmpty {
            headers[.authorization] = credential
        }
        try await daemon(Kit()).application.test(.router) { [headers] client in
            for ((path, _), status) in zip(Self.policies, statuses) {
                let response = try await client.execute(uri: path, method: .get, headers: headers)
                #expect(response.status.code == status, "\(path)")
            }
        }
    }

    @Test func everyRefusedCredentialGetsTheSameAnswer() async throws {
        let refused: [[(HTTPField.Name, String)]] = [
            [], [(.authorization, "Bearer stranger")], [(.authorization, "Bearer")], [(.authorization, "Basic YTpi")],
            [(.authorization, "Bearer a b")], [(.authorization, "admin")], [(.apiKey, "")], [(.apiKey, "nope")], [(.apiKey, "admin")],
            [(.authorization, "Bearer admin"), (.apiKey, "key")], [(.authorization, "Bearer admin"), (.authorization, "Bearer admin")],
            [(.authorization, "Bearer " + String(repeating: "a", count: 16_000))],
        ]
        try await daemon(Kit()).application.test(.router) { client in
            var answers: Set<String> = []
            for fields in refused {
                var headers = HTTPFields(fields.map { HTTPField(name: $0.0, value: $0.1) })
                headers[.requestID] = "same"
                let response = try await client.execute(uri: "/admin", method: .get, headers: headers)
                #expect(response.status == .unauthorized)
                #expect(response.headers[.wwwAuthenticate] == "Bearer realm=\"tocsin\"")
                answers.insert(response.text)
            }
            #expect(answers.count == 1)
        }
    }

    @Test func credentialInTheQueryIsNotOne() async throws {
        try await daemon(Kit()).application.test(.router) { client in
            for query in ["access_token=admin", "key=key", "api_key=key", "apiKey=key"] {
                let response = try await client.execute(uri: "/integration?\(query)", method: .get)
                #expect(response.status == .unauthorized)
            }
        }
    }

    @Test func everyRouteIsListedWithItsPolicy() throws {
        let listed = try daemon(Kit()).routes
        for (path, access) in Self.policies { #expect(listed.contains { $0.path == path && $0.access == access }) }
        #expect(
            Set(listed.filter { $0.access == .open }.map(\.path)) == [
                "/open", "/", "/health", "/livez", "/readyz", "/health/ready", "/metrics",
            ])
    }

    @Test func refusalIsDecidedBeforeTheBodyIsRead() async throws {
        try await Kit().daemon { $0.post("/x", .role(.admin)) { try await $0.rawBody($1, limit: 10) } }.application.test(.router) {
            client in
            let response = try await client.execute(uri: "/x", method: .post, body: ByteBuffer(string: String(repeating: "x", count: 1000)))
            #expect(response.status == .unauthorized)
        }
    }
}
