import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import OnCall
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

/// OnCall as built by `buildOnCall`, on a database of its own, with IncidentManagement and the clock in the test's hands.
struct OnCallAPI: Sendable {
    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: HTTPFields
        var json: JSONValue { (try? JSONGate.parse(Data(text.utf8), limits: .internal)) ?? .null }
        var code: String? { json["code"]?.string }
        var detail: String? { json["detail"]?.string }
        /// Where the faults of a 422 are.
        var pointers: [String] { (json["errors"]?.array ?? []).compactMap { $0["pointer"]?.string } }
    }

    let client: any TestClientProtocol
    let incidents: FakeIncidents
    let clock: ManualClock
    let tokens: InternalTokens
    let database: TestDatabase
    /// Over a socket, or straight to the router.
    let setup: TestingSetup
    let holding: Duration?
    let workers: [any Worker]

    func tick(_ worker: String) async throws -> TickReport {
        try await #require(workers.first { $0.name == worker }).tick(now: clock.now)
    }

    /// - Parameter role: whose API token is sent; nil sends none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as role: Role? = .responder, type: String = "application/json",
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token = role.flatMap({ incidents.token($0) }) { headers[.authorization] = "Bearer \(token)" }
        if body != nil { headers[.contentType] = type }
        return try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) {
            response in
            Answer(status: response.status.code, text: String(buffer: response.body), headers: response.headers)
        }
    }

    /// Asks as the engine does.
    func ask(_ question: EscalateQuestion, from peer: Peer = .incidentManagement) async throws -> Answer {
        let token = try tokens.make(from: peer, to: .onCall)
        return try await send(
            .post, InternalPath.escalate, try WireJSON.encodeText(question), as: nil, headers: [.authorization: "Bearer \(token)"]
        )
    }

    func answer(to question: EscalateQuestion) async throws -> EscalateAnswer {
        let answer = try await ask(question)
        try #require(answer.status == 200, "\(answer.text)")
        return try WireJSON.decode(fromText: answer.text)
    }

    /// A weekly schedule of payments: Alice and Bob first, Carol second; by default Alice is on call.
    @discardableResult
    func makePayments() async throws -> Answer {
        let answer = try await send(
            .post, "/api/v1/schedules",
            """
            {"team": "payments", "rotation_type": "weekly", "members": [
                {"name": "Alice", "email": "alice@example.org", "role": "primary"},
                {"name": "Bob", "email": "bob@example.org", "role": "primary"},
                {"name": "Carol", "email": "carol@example.org", "role": "secondary"}]}
            """
        )
        try #require(answer.status == 201, "\(answer.text)")
        return answer
    }

    /// Whom `GET /oncall/current` names.
    func current(_ role: OnCallRole = .primary, at instant: String? = nil) async throws -> String? {
        let suffix = instant.map { "&at=\($0)" } ?? ""
        return try await send(.get, "/api/v1/oncall/current?team=payments\(suffix)", as: .viewer).json[role.rawValue]?["name"]?.string
    }
}

/// Monday 2026-03-02, noon.
///
/// - Parameter log: takes what the daemon logs.
func withOnCall(
    at start: String = "2026-03-02T12:00:00Z", settings: [String: String] = [:], log: LogRecorder? = nil,
    through setup: TestingSetup = .router, holding: Duration? = nil, _ body: @Sendable @escaping (OnCallAPI) async throws -> Void
) async throws {
    try await withDatabase(migrations: [(schema: OnCallMigrations.schema, OnCallMigrations.all)]) { database in
        try await run(database, ManualClock(try instant(start)), FakeIncidents(), settings, log, setup, holding, body)
    }
}

/// Another process on the same database, with the same clock and accounts.
func withReplica(of api: OnCallAPI, _ body: @Sendable @escaping (OnCallAPI) async throws -> Void) async throws {
    try await run(api.database, api.clock, api.incidents, [:], nil, api.setup, api.holding, body)
}

private func run(
    _ database: TestDatabase, _ clock: ManualClock, _ incidents: FakeIncidents, _ more: [String: String], _ log: LogRecorder?,
    _ setup: TestingSetup, _ holding: Duration?,
    _ body: @Sendable @escaping (OnCallAPI) async throws -> Void
) async throws {
    let secret = "a secret of the tests that is long enough to be one"
    var settings = database.settings(for: .onCall).merging(more) { $1 }
    settings["INTERNAL_SECRET"] = secret
    let boot = try Bootstrap(
        peer: .onCall, settings: Settings(settings), logger: log?.logger ?? Logger(label: "oncall-tests"), clock: clock, port: 0)
    let daemon = try await buildOnCall(boot, incidents: incidents, holding: holding)
    let tokens = InternalTokens(secret: Secret(secret), clock: { clock.now })
    try await daemon.application.test(setup) { client in
        try await body(
            OnCallAPI(
                client: client, incidents: incidents, clock: clock, tokens: tokens, database: database, setup: setup,
                holding: holding, workers: daemon.workers))
    }
}
