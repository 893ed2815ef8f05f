package import Contracts
package import CoreMetrics
import Foundation
package import Logging
package import Postgres

/// A database of one test, with its schemas migrated and a role for each.
package struct TestDatabase: Sendable {
    package let name: String
    private let server: TestServer
    private let services: AsyncStream<PostgresDatabase>.Continuation

    init(name: String, server: TestServer, services: AsyncStream<PostgresDatabase>.Continuation) {
        self.name = name
        self.server = server
        self.services = services
    }

    /// As superuser.
    package var url: String { server.superuserDSN(name) }

    /// As the daemon's role, which sees its own schema only.
    package func url(schema: String) -> String { server.roleDSN(name, schema: schema) }

    /// As the daemon's role over TCP on loopback, with a password: for processes that must not use the socket.
    package func tcpURL(schema: String) -> String { server.tcpRoleDSN(name, schema: schema) }

    /// A pool of connections as the schema's role, running until the test ends; each call makes another one, like another process.
    package func database(
        schema: String, metrics: any MetricsFactory = NOOPMetricsHandler.instance, logger: Logger = .quiet,
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
    ) -> PostgresDatabase {
        var configuration = PostgresConfiguration(dsn: url(schema: schema), schema: schema)
        configuration.requiresDurability = false
        configuration.waitLong()
        adjust(&configuration)
        return run(PostgresDatabase(configuration, metrics: metrics, logger: logger))
    }

    /// A pool of connections as superuser, to look at and to disturb what daemons do.
    package func administrator() -> PostgresDatabase {
        var configuration = PostgresConfiguration(dsn: url, schema: "test")
        configuration.waitLong()
        // It holds locks while others come to wait for them.
        configuration.serverSettings["idle_in_transaction_session_timeout"] = "60000"
        return run(PostgresDatabase(configuration, metrics: NOOPMetricsHandler.instance, logger: .quiet))
    }

    /// Keeps a service of the test's own running until the test ends.
    package func run(_ database: PostgresDatabase) -> PostgresDatabase {
        services.yield(database)
        return database
    }

    /// What a daemon's configuration needs to use this database.
    package func settings(for peer: Peer) -> [String: String] {
        guard let schema = peer.schema else { return [:] }
        // The tests of a process load the machine as no daemon would; who tests a bound sets it.
        return [
            "DATABASE_URL": url(schema: schema), "REQUIRE_DURABLE_DATABASE": "false", "DB_POOL_TIMEOUT_MS": "20000",
            "DB_STATEMENT_TIMEOUT_MS": "20000",
        ]
    }
}

extension PostgresConfiguration {
    /// The tests of a process load the machine as no daemon would; who tests a bound sets it.
    mutating func waitLong() {
        for lane in [\PostgresConfiguration.ingest, \.api, \.workers] {
            self[keyPath: lane].wait = .seconds(20)
            self[keyPath: lane].deadline = .seconds(20)
        }
    }
}

extension Peer {
    /// The schema a daemon owns (architecture §3).
    package var schema: String? {
        switch self {
        case .alertIngestion: "alerting"
        case .incidentManagement: "incident"
        case .onCall: "oncall"
        case .notification: "notification"
        case .webUI: nil
        }
    }
}
