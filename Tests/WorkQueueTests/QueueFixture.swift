import Foundation
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// A database with the tables of the module in schema `incident`, and what tests want to know about it.
struct QueueFixture: Sendable {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let server: TestDatabase
    let database: PostgresDatabase
    let clock = ManualClock(QueueFixture.start)
    let metrics = PrometheusMetricsFactory()
    let logger = Logger.quiet

    var db: PostgresLane { database.workers }
    var jobs: JobQueue { JobQueue(schema: "incident", metrics: metrics) }
    var outbox: Outbox { Outbox(schema: "incident") }

    static func run(_ body: (QueueFixture) async throws -> Void) async throws {
        let migration = Migration(version: 1, name: "work_queue", sql: WorkQueueSchema.all(in: "incident"))
        try await withDatabase(migrations: [("incident", [migration])]) { server in
            try await body(QueueFixture(server: server, database: server.database(schema: "incident") { $0.workers.limit = 16 }))
        }
    }

    func count(_ table: String, where condition: SQL = "true") async throws -> Int {
        try await db.value(Int.self, "SELECT count(*) FROM incident.\(unsafeSQL: table) WHERE \(fragment: condition)")
    }

    /// Jobs of lane `a`, kinds `job-0`, `job-1`, …, due a millisecond apart until now.
    func enqueue(_ count: Int) async throws {
        let jobs = (0..<count).map { index in
            NewJob(lane: "a", kind: "job-\(index)", runAt: clock.now.addingTimeInterval(Double(index - count) / 1000))
        }
        try await self.jobs.enqueue(jobs, in: db, now: clock.now)
    }

    func claim(_ limit: Int = 32, lease: Duration = .seconds(30), worker: String = "w") async throws -> [Job] {
        try await jobs.claim(db, lane: "a", now: clock.now, limit: limit, lease: lease, worker: worker).jobs
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
