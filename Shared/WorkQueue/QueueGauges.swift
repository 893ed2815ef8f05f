import CoreMetrics
import Foundation
package import Logging
package import Postgres
package import PrometheusMetrics
package import ServiceKit

/// How much is due in a queue and since when, measured before each scrape.
///
/// Two bounded index scans a lane: an exact count of a long queue would cost most when there is least to spare.
package struct QueueGauges: Sendable {
    /// Due rows counted at most; the gauge then says "this or more".
    package static let depthLimit = 10_000

    private let table: LeasedTable
    private let lanes: [Lane]
    private let database: any PostgresSession
    private let clock: any Clock
    private let logger: Logger

    private struct Lane: Sendable {
        let condition: SQL
        let depth: Gauge
        let age: Gauge
    }

    /// - Parameter lanes: the value of the lane label and the condition on `t` that picks its rows; one of `""` and `true` for a table without lanes.
    package init(
        queue: String, table: LeasedTable, lanes: [(name: String, condition: SQL)] = [("", "true")], database: any PostgresSession,
        clock: any Clock, metrics: PrometheusMetricsFactory, logger: Logger
    ) {
        metrics.describe("tocsin_queue_depth", help: "Rows due now, leased ones included; counted up to \(Self.depthLimit).")
        metrics.describe("tocsin_queue_oldest_age_seconds", help: "Time since the oldest due row became due, 0 when none is.")
        self.table = table
        self.database = database
        self.clock = clock
        self.logger = logger
        self.lanes = lanes.map { lane in
            let labels = [("queue", queue), ("lane", lane.name)]
            return Lane(
                condition: lane.condition,
                depth: Gauge(label: "tocsin_queue_depth", dimensions: labels, factory: metrics),
                age: Gauge(label: "tocsin_queue_oldest_age_seconds", dimensions: labels, factory: metrics)
            )
        }
        metrics.beforeScrape { [self] in await measure() }
    }

    /// Sets the gauges; when the database cannot be asked they keep their last values.
    package func measure() async {
        let now = clock.now
        do {
            for lane in lanes {
                let backlog = try await table.backlog(database, where: lane.condition, now: now, limit: Self.depthLimit)
                lane.depth.record(backlog.depth)
                lane.age.record(backlog.oldest.map { max(0, now.timeIntervalSince($0)) } ?? 0)
            }
        } catch {
            logger.debug("queue not measured", metadata: ["queue.table": "\(table.table)", "error.type": "\(type(of: error))"])
        }
    }
}

extension LeasedTable {
    func backlog(
        _ db: any PostgresSession, where condition: SQL, now: Date, limit: Int
    ) async throws -> (depth: Int, oldest: Date?) {
        let due: SQL = """
            FROM \(unsafeSQL: table) t
             WHERE \(unsafeSQL: filter) AND \(fragment: condition) AND t.\(unsafeSQL: self.due) <= \(now)
            """
        let rows = try await db.query(
            """
            SELECT (SELECT count(*) FROM (SELECT \(fragment: due) LIMIT \(unsafeSQL: "\(limit)")) bounded) AS depth,
                   (SELECT t.\(unsafeSQL: self.due) \(fragment: due) ORDER BY t.\(unsafeSQL: self.due) LIMIT 1) AS oldest
            """, file: name, function: "backlog")
        guard let row = rows.first else { return (0, nil) }
        return (try row("depth"), try row("oldest"))
    }
}
