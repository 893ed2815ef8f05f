import Contracts
import Foundation
import Notification
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct RetentionTests {
    private static func count(_ bench: Bench, _ table: String) async throws -> Int {
        try await bench.database.api.value(Int.self, "SELECT count(*) FROM notification.\(unsafeSQL: table)")
    }

    /// Runs every job until none has anything left.
    private static func sweep(_ bench: Bench, days: Double) async throws {
        let retention = NotificationRetention(notifications: days * 86_400, dead: days * 86_400, bench.database.workers)
        let worker = RetentionSweep(retention.jobs, metrics: bench.metrics)
        while try await worker.tick(now: bench.now).handled > 0 {}
    }

    @Test func oldPagesGoWithTheMonthOfTheirAttemptsAndPendingOnesNever() async throws {
        try await Bench.run { bench in
            let partitions = TimePartitions.attempts(bench.database.workers)
            #expect(try await partitions.makeAhead(now: bench.now) == 3)
            let sent = Samples.page()
            let pending = Samples.page(recipient: Samples.recipient(Samples.bob, name: "Bob", email: "bob@example.org"))
            try await bench.accept(sent)
            _ = try await bench.worker(channels: [RecordingChannel(.email)]).tick(now: bench.now)
            try await bench.accept(pending)
            #expect(try await Self.count(bench, "attempt_202611") == 1)

            bench.clock.advance(by: .seconds(90 * 86_400))
            try await Self.sweep(bench, days: 120)
            #expect(try await Self.count(bench, "page") == 2)
            try await Self.sweep(bench, days: 60)
            #expect(try await bench.notifications.find(sent.message.pageID) == nil)
            #expect(try await Self.count(bench, "delivery") == 1)
            #expect(try await Self.count(bench, "attempt") == 0)
            #expect(try await bench.state(of: pending) == "pending")
            #expect(try await bench.queued() == 1)
            // From the month after the one that went to two months ahead.
            #expect(try await partitions.starts().count == 5)
        }
    }

    @Test func monthWithAnAttemptOfAQueuedDeliveryStays() async throws {
        try await Bench.run { bench in
            let partitions = TimePartitions.attempts(bench.database.workers)
            _ = try await partitions.makeAhead(now: bench.now)
            try await bench.accept(Samples.page())
            let held = try #require(try await bench.claimAndDie().first)
            let attempt = NewAttempt(id: .make(at: bench.now), permit: .granted, worker: "dead")
            #expect(try await bench.deliveries.begin(attempt, under: held.lease, now: bench.now))
            let later = bench.now.addingTimeInterval(400 * 86_400)
            #expect(try await partitions.drop(before: later) == 2)
            #expect(try await Self.count(bench, "attempt_202611") == 1)
        }
    }

    @Test func attemptsFromBeforeMoveIntoTheirMonthsWithNothingLost() async throws {
        let before = Array(NotificationMigrations.all.filter { $0.version < 4 })
        try await withDatabase(migrations: [(NotificationMigrations.schema, before)]) { test in
            let database = test.database(schema: NotificationMigrations.schema)
            let bench = Bench(database: database, clock: ManualClock(Samples.now))
            // Today's store writes what a later migration brings.
            try await database.api.execute("ALTER TABLE notification.page ADD COLUMN traceparent text")
            for days in [0.0, 40, 100] {
                bench.clock.set(Samples.now.addingTimeInterval(-days * 86_400))
                try await bench.accept(Samples.page(at: bench.now))
                _ = try await bench.worker(channels: [RecordingChannel(.email)]).tick(now: bench.now)
            }
            let attempts: SQL = "SELECT id::text || state || started_at::text FROM notification.attempt ORDER BY 1"
            let old = try await database.api.values(String.self, attempts)
            #expect(old.count == 3)
            try await database.api.execute("ALTER TABLE notification.page DROP COLUMN traceparent")
            try await Migrator(database, schema: NotificationMigrations.schema, NotificationMigrations.all).run()
            #expect(try await database.api.values(String.self, attempts) == old)
            #expect(try await Self.count(bench, "attempt_default") == 0)
            #expect(try await Self.count(bench, "attempt_202611") == 1)
            #expect(try await TimePartitions.attempts(database.workers).makeAhead(now: Samples.now) == 2)
        }
    }
}
