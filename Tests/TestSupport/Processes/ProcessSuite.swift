package import Contracts
import Foundation

/// The five daemons as real processes on a database that keeps its promises, with a first admin, an API token and an ingest key.
package struct ProcessSuite: Sendable {
    /// How much of everything there is.
    package enum Shape: Sendable {
        case single
        /// Two replicas of every daemon behind haproxy, and a standby that commits wait for.
        case scaledOut
    }

    package let cluster: DurableCluster
    /// The second server of ``Shape/scaledOut``.
    package let standby: DurableCluster?
    package let mail: SMTPReceiver
    /// One replica of each.
    package let daemons: [Peer: DaemonProcess]
    package let folder: String
    package private(set) var token = ""
    package private(set) var ingestKey = ""
    private let replicas: [DaemonProcess]
    private let environments: [Peer: [String: String]]
    private let urls: [Peer: String]
    private let proxy: HAProxy?

    package static let admin = "admin@example.org"
    package static let password = "correct horse battery staple"
    private static let setupToken = "process-suite-set-up-token-0123456789"

    /// Starts everything, runs `body`, and stops what was started.
    ///
    /// - Parameter settings: more of every daemon's environment.
    package static func run(
        _ shape: Shape = .single, settings: [String: String] = [:], _ body: (ProcessSuite) async throws -> Void
    ) async throws {
        let cluster = try await DurableCluster.start()
        var standby: DurableCluster?
        let outcome: Result<Void, any Error>
        do {
            if shape == .scaledOut { standby = try await cluster.standby() }
            var suite = try await ProcessSuite(cluster: cluster, standby: standby, settings: settings)
            try await suite.begin()
            try await body(suite)
            await suite.end()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await standby?.remove()
        await cluster.remove()
        try outcome.get()
    }

    private init(cluster: DurableCluster, standby: DurableCluster?, settings: [String: String]) async throws {
        self.cluster = cluster
        self.standby = standby
        let mail = try await SMTPReceiver.start()
        self.mail = mail
        let folder = cluster.folder
        self.folder = folder
        let count = standby == nil ? 1 : 2
        var free = try FreePort.take(Peer.allCases.count * (count + 1))[...]
        let entries = Dictionary(uniqueKeysWithValues: Peer.allCases.map { ($0, free.removeFirst()) })
        func url(_ peer: Peer) -> String { "http://127.0.0.1:\(entries[peer] ?? 0)" }
        urls = Dictionary(uniqueKeysWithValues: Peer.allCases.map { ($0, url($0)) })
        let usual = [
            "INTERNAL_SECRET": "process-suite-secret-4f9d2c1b7a6e5d8c", "SECRETS_KEY": "process-suite-key-4f9d2c1b7a6e5d8c-91c2",
            "SETUP_TOKEN": Self.setupToken,
            "ALERTS_URL": url(.alertIngestion), "INCIDENTS_URL": url(.incidentManagement), "ONCALL_URL": url(.onCall),
            "NOTIFICATIONS_URL": url(.notification), "PUBLIC_URL": url(.webUI), "SMTP_URL": mail.url,
            "MAIL_FROM": "Tocsin <tocsin@example.org>", "LOG_LEVEL": "info",
        ]
        let shared = usual.merging(settings) { _, given in given }
        var replicas: [Peer: [DaemonProcess]] = [:]
        var environments: [Peer: [String: String]] = [:]
        for peer in Peer.allCases {
            var environment = shared
            if let schema = peer.schema { environment["DATABASE_URL"] = cluster.url(schema: schema, or: standby) }
            environments[peer] = environment
            // A single replica listens where the others look for it; several leave that port to the balancer.
            let ports = standby == nil ? [entries[peer] ?? 0] : (0..<count).map { _ in free.removeFirst() }
            replicas[peer] = ports.enumerated().map { index, port in
                DaemonProcess(peer, port: port, environment: environment, log: "\(folder)/\(peer.rawValue)-\(index + 1).log")
            }
        }
        daemons = replicas.compactMapValues(\.first)
        self.replicas = replicas.values.flatMap { $0 }
        self.environments = environments
        guard standby != nil else {
            proxy = nil
            return
        }
        let backends = Peer.allCases.map { peer in
            HAProxy.Backend(peer.rawValue, port: entries[peer] ?? 0, servers: replicas[peer, default: []].map(\.port))
        }
        proxy = try await HAProxy.start(backends, folder: folder)
    }

    package func daemon(_ peer: Peer) throws -> DaemonProcess {
        guard let daemon = daemons[peer] else { throw ToolFailure("no \(peer.rawValue)") }
        return daemon
    }

    /// Starts more replicas of a daemon, which nobody sends anything to and which work off what is due like the first; runs `body`, and kills them.
    package func with(_ count: Int, more peer: Peer, _ body: ([DaemonProcess]) async throws -> Void) async throws {
        let more = try FreePort.take(count).enumerated().map { index, port in
            DaemonProcess(peer, port: port, environment: environments[peer] ?? [:], log: "\(folder)/\(peer.rawValue)-more-\(index + 1).log")
        }
        defer { for daemon in more { daemon.signal(SIGKILL) } }
        for daemon in more { try await daemon.start() }
        for daemon in more { try await daemon.ready() }
        try await body(more)
    }

    private mutating func begin() async throws {
        for daemon in replicas { try await daemon.start() }
        for daemon in replicas { try await daemon.ready() }
        // The balancer looks for itself.
        for url in urls.values {
            try await eventually("\(url) is ready") { try await HTTPCall.send("GET", url + "/readyz").status == 200 }
        }
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
        for daemon in replicas { daemon.signal(SIGKILL) }
        proxy?.stop()
        mail.stop()
    }

    /// The first admin, signed in at the pages.
    package func browser() async throws -> Browser {
        try await Browser(urls[.webUI] ?? "", user: Self.admin, password: Self.password)
    }

    /// Gives somebody an account.
    ///
    /// - Returns: its id.
    package func account(_ name: String) async throws -> String {
        let made = try await post(
            .incidentManagement, "/api/v1/users", bearer: token,
            #"{"email":"\#(name)@example.org","role":"responder","password":"\#(Self.password)"}"#)
        guard let id = made["id"]?.string else { throw ToolFailure("no account: \(made.serialized)") }
        return id
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
        let answer = try await HTTPCall.send(method, (urls[peer] ?? "") + path, bearer: bearer, body: body)
        guard answer.isSuccess else { throw ToolFailure("\(method) \(path): \(answer.status) \(answer.body)") }
        return answer.body.isEmpty ? .null : try answer.json
    }
}
