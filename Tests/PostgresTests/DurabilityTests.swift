import Foundation
import Postgres
import ServiceKit
import Synchronization
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

    struct Reading: Sendable {
        var settings: [String: String] = [:]
        var isInRecovery = false
        var faults: [String] = []
        /// Those that stay where losing data is accepted.
        var lenientFaults: [String] = []
    }

    private static let sound = [
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "default_transaction_read_only": "off",
    ]

    @Test(arguments: [
        Reading(), Reading(settings: ["synchronous_commit": "remote_apply"]),
        Reading(settings: ["fsync": "off"], faults: ["fsync is off"]),
        Reading(settings: ["full_page_writes": "off"], faults: ["full_page_writes is off"]),
        Reading(settings: ["synchronous_commit": "off"], faults: ["synchronous_commit is off"]),
        Reading(
            settings: ["default_transaction_read_only": "on"], faults: ["default_transaction_read_only is on"],
            lenientFaults: ["default_transaction_read_only is on"]),
        Reading(isInRecovery: true, faults: ["pg_is_in_recovery() is true"], lenientFaults: ["pg_is_in_recovery() is true"]),
        Reading(
            settings: ["fsync": "off", "full_page_writes": "off"], isInRecovery: true,
            faults: ["fsync is off", "full_page_writes is off", "pg_is_in_recovery() is true"],
            lenientFaults: ["pg_is_in_recovery() is true"]),
    ])
    func everySettingThatEndangersWritesIsNamed(_ reading: Reading) {
        let durability = Durability(settings: Self.sound.merging(reading.settings) { $1 }, isInRecovery: reading.isInRecovery)
        #expect(durability.faults(requiresDurability: true) == reading.faults)
        #expect(durability.faults(requiresDurability: false) == reading.lenientFaults)
    }

    @Test func theWatchKeepsToItsLastLookWhileTheDatabaseIsAway() async throws {
        let answers = Mutex<[[String]?]>([["fsync is off"], nil, [], nil])
        let watch = DurabilityWatch {
            guard let answer = answers.withLock({ $0.removeFirst() }) else { throw CancellationError() }
            return answer
        }
        #expect(watch.losses.isEmpty)
        for seen in [["fsync is off"], ["fsync is off"], [], []] {
            _ = try? await watch.tick(now: Date())
            #expect(watch.losses == seen)
        }
    }

    @Test func theWatchSeesNothingWhereLosingDataIsAccepted() async throws {
        try await Fixture.run { fixture in
            for (isRequired, losses) in [(true, ["fsync is off"]), (false, [])] as [(Bool, [String])] {
                let watch = DurabilityWatch(fixture.database { $0.requiresDurability = isRequired })
                _ = try await watch.tick(now: Date())
                #expect(watch.losses == losses)
            }
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
