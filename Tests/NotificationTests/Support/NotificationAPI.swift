import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Notification
import ServiceKit
import TestSupport
import Testing

/// Notification as built by `buildNotification`, on a database of its own, with IncidentManagement, the channels and the clock in the test's hands.
struct NotificationAPI: Sendable {
    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: HTTPFields
        var json: JSONValue { (try? JSONGate.parse(Data(text.utf8), limits: .internal)) ?? .null }
        var code: String? { json["code"]?.string }
        var pointers: [String] { (json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } }
    }

    static let secret = "a secret of the tests that is long enough to be one"
    static let secretsKey = "api-tests-key-4f9d2c1b7a6e5d8c-91c2d7e4b5"

    let client: any TestClientProtocol
    let daemon: Daemon
    let incidents: FakeIncidents
    let clock: ManualClock
    let database: TestDatabase
    let settings: [String: String]
    let tokens: InternalTokens

    /// - Parameter role: whose API token is sent; nil sends none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as role: Role? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token = role.flatMap({ incidents.token($0) }) { headers[.authorization] = "Bearer \(token)" }
        if body != nil { headers[.contentType] = "application/json" }
        return try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) {
            Answer(status: $0.status.code, text: String(buffer: $0.body), headers: $0.headers)
        }
    }

    func tell(_ path: String, _ message: some Encodable, from peer: Peer = .incidentManagement) async throws -> Answer {
        let token = try tokens.make(from: peer, to: .notification)
        return try await send(.post, path, try WireJSON.encodeText(message), headers: [.authorization: "Bearer \(token)"])
    }

    func tick(_ name: String) async throws {
        let worker = try #require(daemon.workers.first { $0.name == name })
        while try await worker.tick(now: clock.now).more {}
    }
}

func withNotification(
    settings more: [String: String] = [:], channels: [any Channel] = [],
    _ body: @Sendable @escaping (NotificationAPI) async throws -> Void
) async throws {
    try await withDatabase(migrations: [(NotificationMigrations.schema, NotificationMigrations.all)]) { database in
        let clock = ManualClock(Samples.now)
        let incidents = FakeIncidents()
        let settings = database.settings(for: .notification).merging([
            "INTERNAL_SECRET": NotificationAPI.secret, "SECRETS_KEY": NotificationAPI.secretsKey,
        ]) { $1 }
        .merging(more) { $1 }
        let log = LogRecorder()
        let boot = try Bootstrap(peer: .notification, settings: Settings(settings), logger: log.logger, clock: clock, port: 0)
        let daemon = try await buildNotification(boot, incidents: incidents, channels: channels)
        let tokens = InternalTokens(secret: Secret(NotificationAPI.secret), clock: { clock.now })
        try await daemon.application.test(.router) { client in
            try await body(
                NotificationAPI(
                    client: client, daemon: daemon, incidents: incidents, clock: clock, database: database, settings: settings,
                    tokens: tokens))
        }
        #expect(log.errors.isEmpty, "\(log.errors)")
    }
}
