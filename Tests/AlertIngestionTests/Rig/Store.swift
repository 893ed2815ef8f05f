import AlertIngestion
import Contracts
import Foundation
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// The stores on a database of their own, without HTTP.
struct Store: Sendable {
    let server: TestDatabase
    let database: PostgresDatabase
    let clock = ManualClock(Samples.start)

    var outbox: Outbox { Outbox(schema: "alerting") }
    var accept: AcceptStore {
        AcceptStore(lane: database.ingest, outbox: outbox, idempotency: IdempotencyStore(schema: "alerting"))
    }
    var groups: GroupStore { GroupStore(lane: database.workers, outbox: outbox) }
    var alerts: AlertStore { AlertStore(database.api) }

    static func run(_ body: (Store) async throws -> Void) async throws {
        try await withDatabase(migrations: [(AlertIngestionMigrations.schema, AlertIngestionMigrations.all)]) { server in
            try await body(Store(server: server, database: server.database(schema: "alerting")))
        }
    }

    /// The same database through another pool, as a second replica has it.
    var replica: Store { Store(server: server, database: server.database(schema: "alerting")) }

    @discardableResult
    func send(_ events: [AlertEvent], format: AlertFormat = .native) async throws -> [AcceptOutcome] {
        let results = try await accept.accept([Samples.submission(events, format: format)], now: clock.now)
        guard case .accepted(let outcomes, _) = results.first else { return [] }
        return outcomes
    }

    func count(_ table: String, where condition: SQL = "true") async throws -> Int {
        try await database.api.value(Int.self, "SELECT count(*) FROM alerting.\(unsafeSQL: table) WHERE \(fragment: condition)")
    }

    func counts(_ tables: String...) async throws -> [Int] {
        var counts: [Int] = []
        for table in tables { counts.append(try await count(table)) }
        return counts
    }

    func openGroups() async throws -> [OpenGroup] {
        try await database.api.all(OpenGroup.self, "SELECT * FROM alerting.open_group ORDER BY incident_id")
    }

    func openAlerts() async throws -> [OpenAlert] {
        try await database.api.all(OpenAlert.self, "SELECT * FROM alerting.open_alert ORDER BY dedup_key")
    }

    /// What waits for IncidentManagement, in the order it will be sent.
    func pending() async throws -> [AlertEventMessage] {
        try await database.api.values(String.self, "SELECT body FROM alerting.outbox ORDER BY id").map { try WireJSON.decode(fromText: $0) }
    }

    func destination(_ incidents: FakeIncidents) -> IncidentDestination {
        IncidentDestination(
            incidents: incidents, groups: groups, metrics: AlertIngestionMetrics(PrometheusMetricsFactory()), clock: clock,
            logger: Logger(label: "alerting-tests"))
    }

    /// Relays until nothing is due.
    func relay(to incidents: FakeIncidents) async throws {
        let relay = OutboxRelay(
            outbox: outbox, database: database.workers, destinations: [destination(incidents)], clock: clock, worker: "relay",
            metrics: PrometheusMetricsFactory(), logger: Logger(label: "alerting-tests"), chance: { 0 })
        while try await relay.tick(now: clock.now).handled > 0 {}
    }
}
