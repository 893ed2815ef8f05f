package import Contracts
import Foundation

/// The five daemons as real processes on a database that keeps its promises, with a first admin, an API token and an ingest key.
package struct ProcessSuite: Sendable {
    package let cluster: DurableCluster
    package let mail: SMTPReceiver
    package let daemons: [Peer: DaemonProcess]
    package let folder: String
    package private(set) var token = ""
    package private(set) var ingestKey = ""

    package static let admin = "admin@example.org"
    private static let password = "correct horse battery staple"
    private static let setupToken = "process-suite-set-up-token-0123456789"

    /// Starts everything, runs `body`, and stops what was started.
    package static func run(_ body: (ProcessSuite) async throws -> Void) async throws {
        let cluster = try await DurableCluster.start()
        do {
            var suite = try await ProcessSuite(cluster: cluster)
            try await suite.begin()
            try await body(suite)
            await suite.end()
        } catch {
            await cluster.remove()
            throw error
        }
        await cluster.remove()
    }

    private init(cluster: DurableCluster) async throws {
        self.cluster = cluster
        let mail = try await SMTPReceiver.start()
        self.mail = mail
        let folder = cluster.folder
        self.folder = folder
        let ports = Dictionary(uniqueKeysWithValues: zip(Peer.allCases, try FreePort.take(Peer.allCases.count)))
        func url(_ peer: Peer) -> String { "http://127.0.0.1:\(ports[peer] ?? 0)" }
        let shared = [
            "INTERNAL_SECRET": "process-suite-secret-4f9d2c1b7a6e5d8c", "SECRETS_KEY": "process-suite-key-4f9d2c1b7a6e5d8c-91c2",
            "SETUP_TOKEN": Self.setupToken,
            "ALERTS_URL": url(.alertIngestion), "INCIDENTS_URL": url(.incidentManagement), "ONCALL_URL": url(.onCall),
            "NOTIFICATIONS_URL": url(.notification), "PUBLIC_URL": url(.webUI), "SMTP_URL": mail.url,
            "MAIL_FROM": "Tocsin <tocsin@example.org>", "LOG_LEVEL": "info",
        ]
        daemons = Dictionary(
            uniqueKeysWithValues: ports.map { peer, port in
                var environment = shared
                if let schema = peer.schema { environment["DATABASE_URL"] = cluster.url(schema: schema) }
                return (peer, DaemonProcess(peer, port: port, environment: environment, log: "\(folder)/\(peer.rawValue).log"))
            }
        )
    }

    package func daemon(_ peer: Peer) throws -> DaemonProcess {
        guard let daemon = daemons[peer] else { throw ToolFailure("no \(peer.rawValue)") }
        return daemon
    }

    private mutating func begin() async throws {
        for daemon in daemons.values { try await daemon.start() }
        for daemon in daemons.values { try await daemon.ready() }
        _ = try await post(
            .incidentManagement, "/api/v1/auth/setup", bearer: nil,
            #"{"token":"\#(Self.setupToken)","email":"\#(Self.admin)","password":"\#(Self.password)"}"#
        )
        let login = try await post(
            .incidentManagement, "/api/v1/auth/login/access-token", bearer: nil,
            #"{"username":"\#(Self.admin)","password":"\#(Self.password)"}"#
        )
        let access = login["access_token"]?.string
        token =
            try await post(.incidentManagement, "/api/v1/tokens", bearer: access, #"{"name":"suite","role":"admin"}"#)["token"]?.string
            ?? ""
        let integration = try await post(.alertIngestion, "/api/v1/integrations", bearer: token, #"{"name":"suite","kind":"native"}"#)
        ingestKey = integration["key"]?.string ?? ""
        guard !token.isEmpty, !ingestKey.isEmpty else { throw ToolFailure("no credentials: \(login.serialized) \(integration.serialized)") }
    }

    private func end() async {
        for daemon in daemons.values { daemon.signal(SIGKILL) }
        mail.stop()
    }

    /// Puts one person on call for a team.
    package func schedule(_ team: String, primary: String) async throws {
        _ = try await post(
            .onCall, "/api/v1/schedules", bearer: token,
            #"{"team":"\#(team)","rotation_type":"weekly","members":[{"name":"\#(primary)","email":"\#(primary)@example.org","role":"primary"}]}"#
        )
    }

    /// Posts JSON and expects a 2xx.
    @discardableResult
    package func post(_ peer: Peer, _ path: String, bearer: String?, _ body: String) async throws -> JSONValue {
        try await send("POST", peer, path, bearer: bearer, body: body)
    }

    package func get(_ peer: Peer, _ path: String) async throws -> JSONValue {
        try await send("GET", peer, path, bearer: token, body: nil)
    }

    package func send(_ method: String, _ peer: Peer, _ path: String, bearer: String?, body: String?) async throws -> JSONValue {
        let answer = try await HTTPCall.send(method, try daemon(peer).url + path, bearer: bearer, body: body)
        guard answer.isSuccess else { throw ToolFailure("\(method) \(path): \(answer.status) \(answer.body)") }
        return answer.body.isEmpty ? .null : try answer.json
    }
}
