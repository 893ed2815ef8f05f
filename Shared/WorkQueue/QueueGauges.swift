import CoreMetrics
package import Foundation
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
    /// A row that waits longer makes `/health` say degraded: pages wait a second at most while everything works.
    package static let longestWait: TimeInterval = 60

    private let queue: String
    private let table: LeasedTable
    private let age: Age
    private let lanes: [Lane]
    private let database: any PostgresSession
    private let clock: any Clock
    private let logger: Logger

    /// Since when a row waits.
    package enum Age: Sendable {
        /// Since it became due; each retry begins anew.
        case sinceDue
        /// Since it was made, due or between two tries: a destination that has been away for an hour shows an hour. Rows are made in the order of
        /// their keys.
        case sinceMade(column: String)
    }

    private struct Lane: Sendable {
        let name: String
        let condition: SQL
        let depth: Gauge
        let age: Gauge
    }

    /// - Parameter lanes: the value of the lane label and the condition on `t` that picks its rows; one of `""` and `true` for a table without lanes.
    package init(
        queue: String, table: LeasedTable, age: Age = .sinceDue, lanes: [(name: String, condition: SQL)] = [("", "true")],
        database: any PostgresSession, clock: any Clock, metrics: PrometheusMetricsFactory, logger: Logger
    ) {
        self.queue = queue
        self.age = age
        metrics.describe("tocsin_queue_depth", help: "Rows due now, leased ones included; counted up to \(Self.depthLimit).")
        metrics.describe("tocsin_queue_oldest_age_seconds", help: "How long the oldest row has been waiting, 0 when none is.")
        self.table = table
        self.database = database
        self.clock = clock
        self.logger = logger
        self.lanes = lanes.map { lane in
            let labels = [("queue", queue), ("lane", lane.name)]
            return Lane(
                name: lane.name, condition: lane.condition,
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
                let backlog = try await table.backlog(database, where: lane.condition, age: age, now: now, limit: Self.depthLimit)
                lane.depth.record(backlog.depth)
                lane.age.record(backlog.oldest.map { max(0, now.timeIntervalSince($0)) } ?? 0)
            }
        } catch {
            logger.debug("queue not measured", metadata: ["queue.table": "\(table.table)", "error.type": "\(type(of: error))"])
        }
    }
}

extension QueueGauges {
    /// Whether every lane is being worked off; never a reason to take the daemon out of rotation.
    package var health: HealthCheck {
        HealthCheck("queue:\(queue)", affectsReadiness: false) { [self] in
            let now = clock.now
            var late: [String] = []
            do {
                for lane in lanes {
                    let backlog = try await table.backlog(database, where: lane.condition, age: age, now: now, limit: 1)
                    let wait = backlog.oldest.map { now.timeIntervalSince($0) } ?? 0
                    if wait > Self.longestWait { late.append("\(lane.name.isEmpty ? queue : lane.name) waits for \(Int(wait)) s") }
                }
            } catch {
                return .degraded("not measured")
            }
            return late.isEmpty ? .ok : .degraded(late.joined(separator: ", "))
        }
    }

    /// The gauges of an outbox, a lane for each destination.
    package static func outbox(
        _ outbox: Outbox, destinations: [any OutboxDestination], database: any PostgresSession, clock: any Clock,
        metrics: PrometheusMetricsFactory, logger: Logger
    ) -> QueueGauges {
        QueueGauges(
            queue: "outbox", table: .outbox(outbox.schema, counters: nil), age: .sinceMade(column: "created_at"),
            lanes: destinations.map { ($0.name, "t.destination = \($0.name)") }, database: database, clock: clock, metrics: metrics,
            logger: logger)
    }
}

extension LeasedTable {
    func backlog(
        _ db: any PostgresSession, where condition: SQL, age: QueueGauges.Age, now: Date, limit: Int
    ) async throws -> (depth: Int, oldest: Date?) {
        let due: SQL = """
            FROM \(unsafeSQL: table) t
             WHERE \(unsafeSQL: filter) AND \(fragment: condition) AND t.\(unsafeSQL: self.due) <= \(now)
            """
        let oldest: SQL =
            switch age {
            case .sinceDue: "SELECT t.\(unsafeSQL: self.due) \(fragment: due) ORDER BY t.\(unsafeSQL: self.due) LIMIT 1"
            case .sinceMade(let column):
                """
                SELECT t.\(unsafeSQL: column) FROM \(unsafeSQL: table) t
                 WHERE \(unsafeSQL: filter) AND \(fragment: condition) ORDER BY t.\(unsafeSQL: key) LIMIT 1
                """
            }
        let rows = try await db.query(
            """
            SELECT (SELECT count(*) FROM (SELECT \(fragment: due) LIMIT \(unsafeSQL: "\(limit)")) bounded) AS depth,
                   (\(fragment: oldest)) AS oldest
            """, file: name, function: "backlog")
        guard let row = rows.first else { return (0, nil) }
        return (try row("depth"), try row("oldest"))
    }
}
