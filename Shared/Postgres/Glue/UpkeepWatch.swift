import CoreMetrics
package import Foundation
package import PrometheusMetrics
package import ServiceKit
import Synchronization

/// Shows what swells a daemon's queues: one old snapshot makes every claim read what it could have forgotten (reliability QUE-8).
///
/// A worker and no collector of the scrape, so that no scrape waits for a database that is away: it shows what was seen last.
package final class UpkeepWatch: Worker {
    /// As often as Prometheus looks; what it looks for grows over minutes.
    package static let interval: Duration = .seconds(15)

    package let name = "upkeep-watch"
    private let database: any PostgresSession
    private let tables: [String]
    private let ages = Mutex(SnapshotAges())
    private let snapshotSeconds: Gauge
    private let snapshotTransactions: Gauge
    private let deadRows: [String: Gauge]

    /// - Parameter tables: those that live by claims, with their schema; at least one.
    package init(_ database: any PostgresSession, tables: [String], metrics: PrometheusMetricsFactory) {
        metrics.describe(
            "tocsin_postgres_oldest_snapshot_seconds",
            help: "How long the oldest snapshot in use has been seen, of whatever role: VACUUM clears nothing younger; 0 when none is.")
        metrics.describe(
            "tocsin_postgres_oldest_snapshot_transactions",
            help: "Transactions begun since the oldest snapshot in use in this database, by whatever role, 0 when none is.")
        metrics.describe(
            "tocsin_postgres_dead_rows", help: "Dead rows of a queue's table that VACUUM has not cleared, as PostgreSQL counts them.")
        self.database = database
        self.tables = tables
        snapshotSeconds = Gauge(label: "tocsin_postgres_oldest_snapshot_seconds", factory: metrics)
        snapshotTransactions = Gauge(label: "tocsin_postgres_oldest_snapshot_transactions", factory: metrics)
        deadRows = Dictionary(
            tables.map { ($0, Gauge(label: "tocsin_postgres_dead_rows", dimensions: [("table", $0)], factory: metrics)) }
        ) { first, _ in first }
    }

    package func tick(now: Date) async throws -> TickReport {
        for found in try await database.all(Upkeep.self, Upkeep.question(of: tables)) {
            deadRows[found.table]?.record(found.deadRows)
        }
        let held = try await database.all(HeldSnapshot.self, HeldSnapshot.question)
        snapshotTransactions.record(held.first?.transactions ?? 0)
        snapshotSeconds.record(ages.withLock { $0.longest(of: held, at: now) })
        return .idle
    }
}
