import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct DurabilityTests {
    @Test func serverThatMayLoseDataIsNotHealthyUnlessAccepted() async throws {
        try await Fixture.run { fixture in
            // The tests' own server runs without fsync.
            let strict = HealthCheck.postgres(fixture.database { $0.requiresDurability = true })
            #expect(await strict.run() == .fail("fsync is off"))
            let lenient = HealthCheck.postgres(fixture.database { $0.requiresDurability = false })
            #expect(await lenient.run() == .ok)
        }
    }

    @Test func connectionsConfirmOnlyWhatIsFlushed() async throws {
        try await Fixture.run { fixture in
            let administrator = fixture.server.administrator().api
            try await administrator.execute(
                "ALTER ROLE tocsin_store IN DATABASE \(unsafeSQL: fixture.server.name) SET synchronous_commit = off")
            let db = fixture.database().api
            #expect(try await db.value(String.self, "SELECT current_setting('synchronous_commit')") == "on")
            let pooled = fixture.database {
                $0.usesPreparedStatements = false
                $0.requiresDurability = true
            }
            #expect(await HealthCheck.postgres(pooled).run() == .fail("fsync is off, synchronous_commit is off"))
        }
    }

    @Test func boundsAreSetOnTheServer() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.api.deadline = .seconds(3) }.api
            let expected = [
                "application_name": "tocsin-store-api", "idle_in_transaction_session_timeout": "5s", "lock_timeout": "1s",
                "statement_timeout": "2700ms", "TimeZone": "UTC",
            ]
            for (name, value) in expected {
                let setting = try await db.value(String.self, "SELECT current_setting(\(name))")
                #expect(setting == value)
            }
        }
    }

    @Test func busyPoolDegradesAndMissingServerFails() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database {
                $0.api.limit = 1
                $0.api.wait = .milliseconds(30)
            }
            let check = HealthCheck.postgres(database)
            try await eventually("connected") { await check.run() == .ok }
            try await database.api.transaction { _ in
                _ = try await database.workers.query("SELECT 1")
                #expect(await check.run() == .degraded("all connections are busy"))
            }
            let nowhere = PostgresConfiguration(dsn: "postgresql://nobody@127.0.0.1:1/none", schema: "store")
            let missing = fixture.server.run(PostgresDatabase(nowhere, metrics: fixture.metrics, logger: fixture.log.logger))
            #expect(await HealthCheck.postgres(missing).run() == .fail("unreachable"))
        }
    }

    @Test func serverTimeIsThePresent() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            let first = try await database.serverTime()
            #expect(try await database.serverTime() > first)
            let clock = OffsetClock(database, metrics: fixture.metrics, logger: fixture.log.logger)
            try await clock.prepare()
            #expect(abs(clock.now.timeIntervalSince(try await database.serverTime())) < 1)
        }
    }
}
