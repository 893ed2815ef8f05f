import AlertIngestion
import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

/// AlertIngestion as built by `buildAlertIngestion`, on a database of its own, with IncidentManagement and the clock in the test's hands.
struct AlertingAPI: Sendable {
    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: HTTPFields
        var json: JSONValue { (try? JSONGate.parse(Data(text.utf8), limits: .internal)) ?? .null }
        var code: String? { json["code"]?.string }
        /// Where the faults of a 422 are.
        var pointers: [String] { (json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } }
    }

    /// A body that opens an incident.
    static let alert = #"{"service":"frontend-api","severity":"high","message":"HTTP 5xx error rate > 10%"}"#

    let client: any TestClientProtocol
    let daemon: Daemon
    let incidents: FakeIncidents
    let clock: ManualClock
    let tokens: InternalTokens
    let store: Store
    let log: LogRecorder

    /// - Parameter role: whose API token is sent; nil sends none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as role: Role? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token = role.flatMap({ incidents.token($0) }) { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) {
            response in
            Answer(status: response.status.code, text: String(buffer: response.body), headers: response.headers)
        }
    }

    /// Posts as an integration.
    func post(_ body: String, to path: String = "/api/v1/alerts", key: String, headers: HTTPFields = [:]) async throws -> Answer {
        var headers = headers
        headers[.authorization] = "Bearer \(key)"
        return try await send(.post, path, body, headers: headers)
    }

    /// Makes an integration through the API and returns its key.
    func integration(_ body: String = #"{"name":"tests"}"#) async throws -> (id: String, key: String) {
        let answer = try await send(.post, "/api/v1/integrations", body, as: .admin)
        try #require(answer.status == 201, "\(answer.text)")
        return (try #require(answer.json["id"]?.string), try #require(answer.json["key"]?.string))
    }

    /// Tells as IncidentManagement does that a person resolved an incident.
    func close(_ incident: IncidentID, after last: Int? = nil, from peer: Peer = .incidentManagement) async throws -> Answer {
        let message = IncidentClosed(incidentID: incident, reason: .resolved, groupSeq: last, closedAt: clock.now)
        let token = try tokens.make(from: peer, to: .alertIngestion)
        return try await send(
            .post, InternalPath.closed(incident), try WireJSON.encodeText(message), headers: [.authorization: "Bearer \(token)"])
    }

    func tick(_ worker: String) async throws {
        let worker = try #require(daemon.workers.first { $0.name == worker })
        while try await worker.tick(now: clock.now).more {}
    }
}

/// - Parameter more: settings of the daemon beside those of every test.
func withAlerting(_ more: [String: String] = [:], _ body: @Sendable @escaping (AlertingAPI) async throws -> Void) async throws {
    try await withDatabase(migrations: [(schema: AlertIngestionMigrations.schema, AlertIngestionMigrations.all)]) { server in
        let secret = "a secret of the tests that is long enough to be one"
        let store = Store(server: server, database: server.database(schema: "alerting"))
        let clock = store.clock
        let incidents = FakeIncidents()
        var settings = server.settings(for: .alertIngestion)
        settings["INTERNAL_SECRET"] = secret
        settings.merge(more) { $1 }
        let log = LogRecorder()
        let boot = try Bootstrap(peer: .alertIngestion, settings: Settings(settings), logger: log.logger, clock: clock, port: 0)
        let daemon = try await buildAlertIngestion(boot, incidents: incidents)
        let tokens = InternalTokens(secret: Secret(secret), clock: { clock.now })
        try await daemon.application.test(.live) { client in
            try await body(
                AlertingAPI(
                    client: client, daemon: daemon, incidents: incidents, clock: clock, tokens: tokens, store: store, log: log))
        }
        #expect(log.errors.isEmpty)
    }
}
