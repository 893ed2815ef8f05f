import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// A daemon's own table with uuid keys and its own due column, as an incident with its escalation timer.
@Suite struct LeasedTableTests {
    static let table = LeasedTable(
        "incident.alarm", keyType: .uuid, due: "next_step_at", where: "t.status = 'open'", returning: "id, status, step")

    @Test func dueRowsOfAnyTableAreClaimedAndWrittenUnderTheFence() async throws {
        try await Self.run { queue, id in
            let claim = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            let claimed = try #require(claim.rows.first)
            #expect(try claimed.row("id", as: UUID.self) == id)
            #expect(claimed.lease.key == id.uuidString.lowercased())
            #expect(
                try await Self.table.settle(queue.db, claimed.lease, set: "step = step + 1, next_step_at = NULL", where: "status = 'open'"))
            #expect(try await queue.count("alarm", where: "step = 1 AND lease_until IS NULL") == 1)
            #expect(try await Self.table.settle(queue.db, claimed.lease, set: "step = 9") == false)
        }
    }

    @Test func settleWhoseConditionFailsWritesNothing() async throws {
        try await Self.run { queue, _ in
            let claim = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            let lease = try #require(claim.rows.first?.lease)
            #expect(try await Self.table.settle(queue.db, lease, set: "step = 9", where: "status = 'acknowledged'") == false)
            #expect(try await queue.count("alarm", where: "step = 0 AND lease_until IS NOT NULL") == 1)
        }
    }

    @Test func whoeverMakesARowDueAnewTakesItFromItsWorkerWithoutACrash() async throws {
        try await Self.run { queue, _ in
            let first = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            let stale = try #require(first.rows.first?.lease)
            try await queue.db.execute("UPDATE incident.alarm SET \(fragment: Self.table.freed), next_step_at = \(queue.clock.now)")
            #expect(try await queue.count("alarm", where: "\(fragment: Self.table.holds(stale))") == 0)
            let second = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            #expect(second.rows.first?.lease.crashes == 0)
        }
    }

    @Test func rowThatTookThreeWorkersDownComesBackAsPoisoned() async throws {
        try await Self.run { queue, _ in
            for crashes in 0..<3 {
                let claim = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
                #expect(claim.rows.first?.lease.crashes == crashes)
                queue.clock.advance(by: .seconds(31))
            }
            let claim = try await Self.table.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            #expect(claim.rows.isEmpty)
            #expect(claim.poisoned.count == 1)
        }
    }

    @Test func ownOrderIsKept() async throws {
        try await Self.run { queue, first in
            let second = UUID()
            try await Self.insert(second, queue, at: queue.clock.now.addingTimeInterval(-60))
            let newestFirst = LeasedTable(
                "incident.alarm", keyType: .uuid, due: "next_step_at", returning: "id", orderedBy: "t.next_step_at DESC")
            let claim = try await newestFirst.claim(queue.db, now: queue.clock.now, limit: 10, worker: "w")
            #expect(try claim.rows.map { try $0.row("id", as: UUID.self) } == [first, second])
        }
    }

    @Test func depthAndAgeOfAQueueAreMeasuredAtTheScrape() async throws {
        try await Self.run { queue, _ in
            try await Self.insert(UUID(), queue, at: queue.clock.now.addingTimeInterval(90))
            _ = QueueGauges(
                queue: "alarm", table: Self.table, database: queue.db, clock: queue.clock, metrics: queue.metrics, logger: queue.logger)
            queue.clock.advance(by: .seconds(60))
            #expect(await queue.metric(#"tocsin_queue_depth{lane="",queue="alarm"}"#) == 1)
            #expect(await queue.metric(#"tocsin_queue_oldest_age_seconds{lane="",queue="alarm"}"#) == 60)
            try await queue.db.execute("DELETE FROM incident.alarm")
            #expect(await queue.metric(#"tocsin_queue_depth{lane="",queue="alarm"}"#) == 0)
            #expect(await queue.metric(#"tocsin_queue_oldest_age_seconds{lane="",queue="alarm"}"#) == 0)
        }
    }

    @Test func aQueueThatIsNotWorkedOffDegradesTheHealth() async throws {
        try await Self.run { queue, _ in
            let gauges = QueueGauges(
                queue: "alarm", table: Self.table, database: queue.db, clock: queue.clock, metrics: queue.metrics, logger: queue.logger)
            #expect(gauges.health.affectsReadiness == false)
            #expect(await gauges.health.run() == .ok)
            queue.clock.advance(by: .seconds(61))
            #expect(await gauges.health.run() == .degraded("alarm waits for 61 s"))
        }
    }

    @Test func anOutboxRowIsAsOldAsItIsHoweverOftenItWasTried() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([OutboxMessage(destination: "elsewhere", messageID: UUID(), orderingKey: nil, body: "{}")])
            let gauges = QueueGauges.outbox(
                queue.outbox, destinations: [RecordingDestination(name: "elsewhere")], database: queue.db, clock: queue.clock,
                metrics: queue.metrics,
                logger: queue.logger)
            queue.clock.advance(by: .seconds(300))
            try await queue.db.execute(
                "UPDATE incident.outbox SET run_at = \(queue.clock.now.addingTimeInterval(60)), attempts = 9")
            #expect(await queue.metric(#"tocsin_queue_oldest_age_seconds{lane="elsewhere",queue="outbox"}"#) == 300)
            #expect(await gauges.health.run() == .degraded("elsewhere waits for 300 s"))
        }
    }

    private static func run(_ body: (QueueFixture, UUID) async throws -> Void) async throws {
        try await QueueFixture.run { queue in
            try await queue.db.execute(
                """
                CREATE TABLE incident.alarm (
                  id uuid PRIMARY KEY, status text NOT NULL DEFAULT 'open', step integer NOT NULL DEFAULT 0, next_step_at timestamptz,
                  \(unsafeSQL: WorkQueueSchema.leaseColumns))
                """)
            let id = UUID()
            try await insert(id, queue, at: queue.clock.now)
            try await body(queue, id)
        }
    }

    private static func insert(_ id: UUID, _ queue: QueueFixture, at due: Date) async throws {
        try await queue.db.execute("INSERT INTO incident.alarm (id, next_step_at) VALUES (\(id), \(due))")
    }
}
