import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IncidentManagement
import Logging
import NIOCore
import Postgres
import PrometheusMetrics
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// One instance's identity behind its routes, on a database and a clock of its own.
struct IdentityFixture: Sendable {
    static let secret = "k3yQ-9dLw2ZpXv7RtB1nMs6HcJf4GaUe0oYi"
    static let setupToken = "p7Wm2-Zt9Qx4Lr8Bv1Nc6Hs3Jd5Kf0GyAuE"
    static let password = "correct horse battery"

    let identity: Identity
    let client: any TestClientProtocol
    let clock: ManualClock
    let database: PostgresDatabase
    /// To look at and to disturb what the instance does.
    let administrator: PostgresDatabase
    let metrics: PrometheusMetricsFactory
    let announced: Announcements
    /// Where passwords are compared.
    let passwordThreads: BoundedThreads

    var internalTokens: InternalTokens {
        let clock = clock
        return InternalTokens(secret: Secret(Self.secret)) { clock.now }
    }
}

/// What a start printed.
final class Announcements: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// An answer as tests look at it.
struct Answer: Sendable {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let text: String

    var json: JSONValue { (try? JSONGate.parse(text.utf8, limits: .vendor)) ?? .null }
    var code: String? { json["code"]?.string }

    subscript(_ key: String) -> String? { json[key]?.string }
}

/// Runs `body` against a freshly prepared instance.
func withIdentity(
    settings: [String: String] = ["SETUP_TOKEN": IdentityFixture.setupToken], _ body: @Sendable (IdentityFixture) async throws -> Void
) async throws {
    try await withDatabase(migrations: [(schema: "incident", [Identity.migration])]) { test in
        let metrics = PrometheusMetricsFactory()
        // The tests of a process load the machine as no daemon would, and some hold a lock on purpose.
        let database = test.database(schema: "incident", metrics: metrics) { $0.serverSettings["lock_timeout"] = "20000" }
        let administrator = test.administrator()
        let clock = ManualClock()
        let announced = Announcements()
        let passwordThreads = PasswordHasher.threads()
        let boot = try Bootstrap(
            peer: .incidentManagement, settings: Settings(settings.merging(["INTERNAL_SECRET": IdentityFixture.secret]) { own, _ in own }),
            logger: .quiet, metrics: metrics, clock: clock, port: 0
        )
        let identity = try Identity(
            database: database, settings: boot.settings, clock: clock, metrics: metrics, logger: boot.logger, passwordCost: 4,
            passwordThreads: passwordThreads, announce: announced.add
        )
        let routes = Routes()
        identity.addRoutes(to: routes)
        let daemon = try boot.daemon(routes: routes, authenticator: identity.authenticator, health: [], clock: clock) {
            try await identity.prepare()
        }
        try await daemon.application.test(.router) { client in
            try await body(
                IdentityFixture(
                    identity: identity, client: client, clock: clock, database: database, administrator: administrator, metrics: metrics,
                    announced: announced, passwordThreads: passwordThreads
                )
            )
        }
    }
}
