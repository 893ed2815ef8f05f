import Foundation
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// A database with the tables of the module and one of jobs in schema `incident`, and what tests want to know about it.
struct QueueFixture: Sendable {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let server: TestDatabase
    let database: PostgresDatabase
    let clock = ManualClock(QueueFixture.start)
    let metrics = PrometheusMetricsFactory()
    let logger = Logger.quiet

    var db: PostgresLane { database.workers }
    var jobs: LeasedTable {
        LeasedTable("incident.job", returning: Job.columns, counters: QueueCounters(queue: "job", metrics: metrics))
    }
    var outbox: Outbox { Outbox(schema: "incident") }

    static func run(_ body: (QueueFixture) async throws -> Void) async throws {
        let tables = [WorkQueueSchema.all(in: "incident"), Job.table].joined(separator: "\n")
        let migration = Migration(version: 1, name: "work_queue", sql: tables)
        try await withDatabase(migrations: [("incident", [migration])]) { server in
            try await body(QueueFixture(server: server, database: server.database(schema: "incident") { $0.workers.limit = 16 }))
        }
    }

    func count(_ table: String, where condition: SQL = "true") async throws -> Int {
        try await db.value(Int.self, "SELECT count(*) FROM incident.\(unsafeSQL: table) WHERE \(fragment: condition)")
    }

    /// Jobs of lane `a`, kinds `job-0`, `job-1`, …, due a millisecond apart until now.
    func enqueue(_ count: Int) async throws {
        let kinds = (0..<count).map { "job-\($0)" }
        let dates = (0..<count).map { clock.now.addingTimeInterval(Double($0 - count) / 1000) }
        try await db.execute(
            """
            INSERT INTO incident.job (lane, kind, run_at)
            SELECT 'a', kind, run_at FROM unnest(\(kinds)::text[], \(dates)::timestamptz[]) AS new (kind, run_at)
            """)
    }

    func enqueue(_ kind: String, lane: String, at runAt: Date) async throws {
        try await db.execute("INSERT INTO incident.job (lane, kind, run_at) VALUES (\(lane), \(kind), \(runAt))")
    }

    /// Claims jobs of lane `a`.
    func batch(_ limit: Int = 32, lease: Duration = .seconds(30), worker: String = "w") async throws -> Claim {
        try await jobs.claim(db, where: "t.lane = \("a")", now: clock.now, limit: limit, lease: lease, worker: worker)
    }

    /// Claims jobs of lane `a`, for tests in which none is poisoned.
    func claim(_ limit: Int = 32, lease: Duration = .seconds(30), worker: String = "w") async throws -> [Job] {
        try await batch(limit, lease: lease, worker: worker).rows.map(Job.init)
    }

    /// - Parameter outbox: by default one without a relay.
    func add(_ messages: [OutboxMessage], to outbox: Outbox? = nil) async throws {
        try await db.transaction { (outbox ?? self.outbox).add(messages, in: $0, now: clock.now) }
    }

    func relay(
        to destination: any OutboxDestination, outbox: Outbox? = nil, lease: Duration = .seconds(30),
        chance: @escaping @Sendable () -> Double = { 1 }
    ) -> OutboxRelay {
        OutboxRelay(
            outbox: outbox ?? self.outbox, database: db, destinations: [destination], clock: clock, worker: "relay", lease: lease,
            metrics: metrics,
            logger: logger, chance: chance)
    }

    /// The value of a sample in the exposition, nil when it is not there.
    func metric(_ sample: String) async -> Double? {
        let text = await metrics.exposition(.text)
        return text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }
}

extension OutboxMessage {
    static func test(_ body: String, key: String? = nil, to destination: String = "neighbour", expiresAt: Date? = nil) -> OutboxMessage {
        OutboxMessage(destination: destination, messageID: UUID(), orderingKey: key, body: body, expiresAt: expiresAt)
    }
}
