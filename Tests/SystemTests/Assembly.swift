import AlertIngestion
import Contracts
import Foundation
import Hummingbird
import IncidentManagement
import Logging
import Notification
import OnCall
import ServiceKit
import TestSupport
import Testing
import WebUI

/// Builds the daemons of a story through their real `build…` functions and keeps them serving while it is told.
struct Assembly: Sendable {
    static let setupToken = "story-set-up-token-0123456789abcdef"

    let clock = ManualClock()
    let log = LogRecorder()
    let mail: SMTPReceiver
    let database: TestDatabase
    let redis: RedisServer?
    let urls: [Peer: String]
    private let channels: [any Channel]
    private let ports: [Peer: Int]

    /// - Parameter channels: stand in for those of their kinds.
    init(database: TestDatabase, mail: SMTPReceiver, redis: RedisServer? = nil, channels: [any Channel] = []) throws {
        self.database = database
        self.redis = redis
        self.mail = mail
        self.channels = channels
        let free = try FreePort.take(Peer.allCases.count)
        ports = Dictionary(uniqueKeysWithValues: zip(Peer.allCases, free))
        urls = ports.mapValues { "http://127.0.0.1:\($0)" }
    }

    /// What a story signs in with.
    struct Credentials: Sendable {
        let token: String
        let ingestKey: String
    }

    /// - Parameter known: the credentials that a restored database has already; nil makes the first admin.
    func run(as known: Credentials? = nil, _ story: @Sendable (TocsinSystem) async throws -> Void) async throws {
        let first = try await daemons(ports: ports)
        let second = try await daemons(ports: [:])
        let all = first + second
        try await withThrowingTaskGroup(of: Void.self) { group in
            for daemon in all { group.addTask { try await daemon.application.runService(gracefulShutdownSignals: []) } }
            for daemon in all { _ = await daemon.port() }
            let routes = Dictionary(uniqueKeysWithValues: zip(Self.order, first.map(\.routes)))
            let system = { (credentials: Credentials) in
                TocsinSystem(
                    clock: clock, mail: mail, log: log, database: database, redis: redis, urls: urls, workers: all.flatMap(\.workers),
                    routes: routes, token: credentials.token, ingestKey: credentials.ingestKey)
            }
            let credentials: Credentials
            if let known { credentials = known } else { credentials = try await signIn(system(Credentials(token: "", ingestKey: ""))) }
            try await story(system(credentials))
            group.cancelAll()
            // Cancelled services throw; what matters was told by the story and the log.
            while let result = await group.nextResult() { _ = result }
        }
    }

    private static let order: [Peer] = [.incidentManagement, .onCall, .notification, .alertIngestion, .webUI]

    /// One replica of every daemon, in ``order``; without a port the system chooses one.
    private func daemons(ports: [Peer: Int]) async throws -> [Daemon] {
        try await [
            buildIncidentManagement(try boot(.incidentManagement, ports)), buildOnCall(try boot(.onCall, ports)),
            buildNotification(try boot(.notification, ports), channels: channels), buildAlertIngestion(try boot(.alertIngestion, ports)),
            buildWebUI(try boot(.webUI, ports)),
        ]
    }

    private func boot(_ peer: Peer, _ ports: [Peer: Int]) throws -> Bootstrap {
        try Bootstrap(
            peer: peer, settings: Settings(settings(for: peer)), logger: log.logger(label: peer.rawValue), clock: clock, host: "127.0.0.1",
            port: ports[peer] ?? 0
        )
    }

    private func settings(for peer: Peer) -> [String: String] {
        var values = database.settings(for: peer)
        values["INTERNAL_SECRET"] = "story-internal-secret-4f9d2c1b7a6e5d8c"
        values["SECRETS_KEY"] = "story-secrets-key-7d3e9a1c5b8f2604-c1d2"
        values["PASSWORD_PEPPER"] = "story-password-pepper-91c2d7e4b5a6f803"
        values["SETUP_TOKEN"] = Self.setupToken
        values["ALERTS_URL"] = urls[.alertIngestion]
        values["INCIDENTS_URL"] = urls[.incidentManagement]
        values["ONCALL_URL"] = urls[.onCall]
        values["NOTIFICATIONS_URL"] = urls[.notification]
        values["PUBLIC_URL"] = urls[.webUI]
        values["SMTP_URL"] = mail.url
        values["MAIL_FROM"] = "Tocsin <tocsin@example.org>"
        values["DB_POOL_SIZE"] = "6"
        // A proxy stands before the pages and nothing else, so that a story's people have addresses of their own.
        if peer == .webUI { values["TRUSTED_PROXIES"] = "127.0.0.0/8" }
        values["REDIS_URL"] = redis?.url
        return values
    }

    /// The first admin, an API token and an ingest key, made through the public API like anybody's.
    private func signIn(_ system: TocsinSystem) async throws -> Credentials {
        let setup = try await system.send(
            "POST", .incidentManagement, "/api/v1/auth/setup",
            body: #"{"token":"\#(Self.setupToken)","email":"\#(TocsinSystem.admin)","password":"\#(TocsinSystem.password)"}"#
        )
        try #require((200...299).contains(setup.status), "\(setup.body)")
        let login = try await system.send(
            "POST", .incidentManagement, "/api/v1/auth/login/access-token",
            body: #"{"username":"\#(TocsinSystem.admin)","password":"\#(TocsinSystem.password)"}"#
        )
        let access = try #require(try login.json["access_token"]?.string, "\(login.body)")
        let token = try await system.send(
            "POST", .incidentManagement, "/api/v1/tokens", bearer: access, body: #"{"name":"story","role":"admin"}"#
        )
        let api = try #require(try token.json["token"]?.string, "\(token.body)")
        let integration = try await system.send(
            "POST", .alertIngestion, "/api/v1/integrations", bearer: api, body: #"{"name":"story","kind":"native"}"#
        )
        return Credentials(token: api, ingestKey: try #require(try integration.json["key"]?.string, "\(integration.body)"))
    }
}
