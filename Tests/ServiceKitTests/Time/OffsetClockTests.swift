import Foundation
import PrometheusMetrics
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct OffsetClockTests {
    struct Away: Error {}

    /// A database whose clock a test sets.
    final class Database: Sendable {
        private let time = Mutex<Date?>(nil)
        func set(_ date: Date?) { time.withLock { $0 = date } }
        @Sendable func measure() async throws -> Date {
            guard let date = time.withLock({ $0 }) else { throw Away() }
            return date
        }
    }

    private func clock(_ database: Database, _ kit: Kit = Kit()) -> OffsetClock {
        OffsetClock(measure: database.measure, metrics: kit.metrics, logger: kit.log.logger)
    }

    @Test func startWaitsForADatabaseThatIsStarting() async throws {
        let kit = Kit()
        let tries = Mutex(0)
        let clock = OffsetClock(
            measure: {
                guard
                    tries.withLock({
                        $0 += 1; return $0
                    }) > 2
                else { throw Away() }
                return Date(timeIntervalSince1970: 4_000_000_000)
            }, isPassing: { $0 is Away }, metrics: kit.metrics, logger: kit.log.logger)
        try await clock.prepare()
        #expect(clock.now >= Date(timeIntervalSince1970: 4_000_000_000))
    }

    @Test func clockShowsTheDatabasesTime() async throws {
        let database = Database()
        let kit = Kit()
        let clock = clock(database, kit)
        database.set(Date(timeIntervalSince1970: 4_000_000_000))
        try await clock.prepare()
        let now = clock.now
        #expect(now >= Date(timeIntervalSince1970: 4_000_000_000))
        #expect(now < Date(timeIntervalSince1970: 4_000_000_030))
        #expect(await kit.metrics.exposition(.text).contains("tocsin_clock_offset_seconds 2"))
    }

    @Test func clockNeverGoesBack() async throws {
        let database = Database()
        let clock = clock(database)
        database.set(Date(timeIntervalSince1970: 4_000_000_000))
        try await clock.prepare()
        let before = clock.now
        database.set(Date(timeIntervalSince1970: 3_999_990_000))
        await clock.measureAgain()
        #expect(clock.now == before)
        database.set(Date(timeIntervalSince1970: 4_000_000_100))
        await clock.measureAgain()
        #expect(clock.now > before)
    }

    @Test func hostThatIsAheadDoesNotStopTheClock() async throws {
        let database = Database()
        let clock = clock(database)
        #expect(clock.now > Date(timeIntervalSince1970: 1_700_000_000))
        database.set(Date(timeIntervalSince1970: 1_000_000_000))
        try await clock.prepare()
        #expect(clock.now < Date(timeIntervalSince1970: 1_000_001_000))
    }

    @Test func offsetOutlivesTheDatabaseAndIsMissedOnce() async throws {
        let database = Database()
        let kit = Kit()
        let clock = clock(database, kit)
        database.set(Date(timeIntervalSince1970: 4_000_000_000))
        try await clock.prepare()
        database.set(nil)
        for _ in 0..<3 { await clock.measureAgain() }
        #expect(clock.now >= Date(timeIntervalSince1970: 4_000_000_000))
        database.set(Date(timeIntervalSince1970: 4_000_000_010))
        await clock.measureAgain()
        #expect(kit.log.entries.map(\.message) == ["the clock goes on with its last offset", "the clock hears the database again"])
        #expect(kit.log.errors.isEmpty)
    }

    @Test func firstMeasurementMustSucceed() async {
        await #expect(throws: Away.self) { try await clock(Database()).prepare() }
    }

    @Test func instantsAreWholeMicrosecondsAndOrdered() async {
        let clock = SystemClock()
        let instants = (0..<10_000).map { _ in clock.now }
        #expect(zip(instants, instants.dropFirst()).allSatisfy { $0 <= $1 })
        for instant in instants.prefix(100) {
            let micros = instant.timeIntervalSince1970 * 1_000_000
            #expect(abs(micros - micros.rounded()) < 0.26)
        }
    }
}
