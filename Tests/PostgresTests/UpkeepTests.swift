import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

/// What grows while nobody clears up.
@Suite struct UpkeepTests {
    private static let held = "tocsin_postgres_oldest_snapshot_seconds"
    private static let snapshot = "tocsin_postgres_oldest_snapshot_transactions"
    private static let dead = #"tocsin_postgres_dead_rows{table="store.item"}"#
    private static let unreachable = #"tocsin_postgres_errors_total{class="unreachable"}"#

    @Test func theTimeAnotherRoleHoldsASnapshotGrowsUntilItsTransactionEnds() async throws {
        try await Self.run { fixture, database, watch in
            let clock = ManualClock()
            try await fixture.server.administrator().api.transaction(.repeatableRead) { reader in
                try await reader.execute("SELECT 1 FROM store.item")
                try await database.workers.execute("UPDATE store.item SET count = count + 1")
                #expect(try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 0)
                clock.advance(by: .seconds(61))
                #expect(try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 61)
            }
            try await eventually("nobody holds it") { try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 0 }
        }
    }

    /// One connection does both, and each has written and reads nothing while it waits.
    @Test func aSessionsNextTransactionHoldsAnew() async throws {
        try await Self.run { fixture, database, watch in
            let clock = ManualClock()
            for _ in 1...2 {
                try await database.workers.transaction { open in
                    try await open.execute("UPDATE store.item SET count = 7 WHERE id = 1")
                    #expect(try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 0)
                    clock.advance(by: .seconds(30))
                    #expect(try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 30)
                }
            }
        }
    }

    /// As `tocsin backup` reads: the lock in one session, the dump in others under the same number.
    @Test func backupThatTakesItsTimeIsNoForgottenSession() async throws {
        try await Self.run { fixture, database, watch in
            let clock = ManualClock()
            try await fixture.server.administrator().api.transaction(.repeatableRead) { backup in
                try await backup.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(\(BackupLock.name), 0))")
                try await fixture.server.administrator().api.transaction(.repeatableRead) { dump in
                    try await dump.execute("SELECT 1 FROM store.item")
                    try await database.workers.execute("UPDATE store.item SET count = count + 1")
                    for _ in 1...2 {
                        #expect(try await Self.look(watch, fixture, at: Self.held, now: clock.now) == 0)
                        clock.advance(by: .seconds(61))
                    }
                }
            }
        }
    }

    @Test func anOldSnapshotOfAnotherRoleShowsByWhatItOutlived() async throws {
        try await Self.run { fixture, database, watch in
            try await fixture.server.administrator().api.transaction(.repeatableRead) { reader in
                try await reader.execute("SELECT 1 FROM store.item")
                for _ in 1...3 { try await database.workers.execute("UPDATE store.item SET count = count + 1") }
                #expect(try await Self.look(watch, fixture, at: Self.snapshot) >= 3)
            }
            try await eventually("nobody holds it") { try await Self.look(watch, fixture, at: Self.snapshot) == 0 }
        }
    }

    @Test func deadRowsOfAQueueShow() async throws {
        try await Self.run { fixture, database, watch in
            #expect(try await Self.look(watch, fixture, at: Self.dead) == 0)
            try await database.workers.execute("UPDATE store.item SET count = count + 1")
            // On the one connection of the lane: its counts are otherwise written within a second or later.
            try await database.workers.execute("SELECT pg_stat_force_next_flush()")
            try await eventually("both old versions are counted") { try await Self.look(watch, fixture, at: Self.dead) == 2 }
        }
    }

    @Test func aScrapeAsksTheDatabaseNothing() async throws {
        try await Fixture.run { fixture in
            let nowhere = PostgresConfiguration(dsn: "postgresql://nobody@127.0.0.1:1/none", schema: "store")
            let missing = fixture.server.run(PostgresDatabase(nowhere, metrics: fixture.metrics, logger: fixture.log.logger))
            let watch = UpkeepWatch(missing.api, tables: ["store.item"], metrics: fixture.metrics)
            #expect(await fixture.metric(Self.held) == 0)
            #expect(await fixture.metric(Self.unreachable) == 0)
            let error = try await failure { _ = try await watch.tick(now: Date()) }
            #expect(error.isTransient)
            #expect(await fixture.metric(Self.unreachable) != 0)
        }
    }

    private static func run(_ body: (Fixture, PostgresDatabase, UpkeepWatch) async throws -> Void) async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            // Lanes of its own, so that what a test holds open is another session.
            try await body(fixture, database, UpkeepWatch(database.api, tables: ["store.item"], metrics: fixture.metrics))
        }
    }

    private static func look(
        _ watch: UpkeepWatch, _ fixture: Fixture, at metric: String, now: Date = ManualClock.start
    ) async throws -> Double {
        _ = try await watch.tick(now: now)
        return try #require(await fixture.metric(metric))
    }
}
