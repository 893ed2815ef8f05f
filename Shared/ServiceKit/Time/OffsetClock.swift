import Contracts
import CoreMetrics
package import Foundation
package import Logging
package import PrometheusMetrics
import ServiceLifecycle
import Synchronization

/// The database's time without asking it each time: the host's monotonic clock plus an offset measured every ten seconds.
///
/// Replicas agree, and a wrong or stepping host clock changes nothing. While PostgreSQL is away the last offset stays in use. Before the first
/// measurement, which ``prepare()`` takes, it answers the host's time; only from then on is it sure not to go backwards.
package final class OffsetClock: Clock, Service {
    /// Time between measurements: a quartz drifts less than a millisecond in it.
    package static let measuringEvery: Duration = .seconds(10)
    /// A slower answer says too little about the instant it names, unless it is the first.
    static let slowestUsable: Duration = .seconds(1)
    /// How long a start waits for a database that is starting too, as after a reboot.
    static let patience: Duration = .seconds(30)
    private static let pause: Duration = .milliseconds(300)

    private struct Anchor {
        var monotonic: ContinuousClock.Instant
        var time: Date
        var isMeasured = false
    }

    private let measure: @Sendable () async throws -> Date
    private let isPassing: @Sendable (any Error) -> Bool
    private let anchor: Mutex<Anchor>
    private let floor = TimeFloor()
    private let offset: Gauge
    private let logger: Logger
    private let isDeaf = Mutex(false)

    /// - Parameter isPassing: whether an error means that the database is only not there yet.
    package init(
        measure: @escaping @Sendable () async throws -> Date, isPassing: @escaping @Sendable (any Error) -> Bool = { _ in false },
        metrics: PrometheusMetricsFactory, logger: Logger
    ) {
        self.measure = measure
        self.isPassing = isPassing
        self.logger = logger
        metrics.describe("tocsin_clock_offset_seconds", help: "Database time minus this host's time.")
        offset = Gauge(label: "tocsin_clock_offset_seconds", factory: metrics)
        offset.record(0)
        anchor = Mutex(Anchor(monotonic: ContinuousClock.now, time: Date()))
    }

    package var now: Date {
        let anchored = anchor.withLock { $0 }
        let time = anchored.time.addingTimeInterval((ContinuousClock.now - anchored.monotonic).inSeconds)
        // The host's clock may be an hour ahead: were it the floor, time would stand still for that hour.
        return anchored.isMeasured ? floor.raise(to: time) : time.truncatedToMicroseconds
    }

    /// Takes the first measurement, for up to 30 s again while the database is not there yet; throws what the last one throws.
    package func prepare() async throws {
        let start = ContinuousClock.now
        var isWaiting = false
        while true {
            do {
                return try await takeMeasurement()
            } catch {
                guard isPassing(error), ContinuousClock.now - start < Self.patience else { throw error }
                if !isWaiting { logger.notice("waiting for the database", metadata: ["error.message": "\(error)"]) }
                isWaiting = true
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Self.measuringEvery)
                await self.measureAgain()
            }
        }
    }

    /// One measurement whose failure leaves the old offset in use and is logged once until the next success.
    package func measureAgain() async {
        do {
            try await takeMeasurement()
            let recovered = isDeaf.withLock { wasDeaf in
                defer { wasDeaf = false }
                return wasDeaf
            }
            if recovered { logger.notice("the clock hears the database again") }
        } catch {
            let isNews = isDeaf.withLock { wasDeaf in
                defer { wasDeaf = true }
                return !wasDeaf
            }
            if isNews { logger.warning("the clock goes on with its last offset", metadata: ["error.type": "\(type(of: error))"]) }
        }
    }

    private func takeMeasurement() async throws {
        let before = ContinuousClock.now
        let time = try await measure()
        let after = ContinuousClock.now
        let middle = before + (after - before) / 2
        let isTaken = anchor.withLock { anchor in
            guard after - before <= Self.slowestUsable || !anchor.isMeasured else { return false }
            anchor = Anchor(monotonic: middle, time: time, isMeasured: true)
            return true
        }
        guard isTaken else { return }
        let hostTime = Date().addingTimeInterval(-(ContinuousClock.now - middle).inSeconds)
        offset.record(time.timeIntervalSince(hostTime))
    }
}
