import CoreMetrics
import Foundation
import Logging
import PrometheusMetrics
import Synchronization

/// What a loop tells the world about its worker: metrics for each tick, one log line per change of fortune, a health check.
final class WorkerRecord: Sendable {
    /// A tick may take this long on top of its interval before `/health` calls the worker stuck.
    static let patience: Duration = .seconds(60)

    private struct State {
        var lastEnd: ContinuousClock.Instant?
        var trouble: String?
    }

    private let name: String
    private let every: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let successes: Counter
    private let failures: Counter
    private let lastTick: Gauge
    private let duration: CoreMetrics.Timer

    init(_ name: String, every: Duration, metrics: PrometheusMetricsFactory, logger: Logger) {
        self.name = name
        self.every = every
        self.logger = logger
        metrics.describe("tocsin_worker_ticks_total", help: "Ticks of a worker by result.")
        metrics.describe("tocsin_worker_last_tick_timestamp_seconds", help: "When a worker's last tick began, in Unix time.")
        metrics.describe("tocsin_worker_interval_seconds", help: "Time between a worker's ticks when no bell rings.")
        metrics.describe("tocsin_worker_tick_duration_seconds", help: "Time a tick took.")
        successes = Counter(label: "tocsin_worker_ticks_total", dimensions: [("worker", name), ("result", "ok")], factory: metrics)
        failures = Counter(label: "tocsin_worker_ticks_total", dimensions: [("worker", name), ("result", "error")], factory: metrics)
        lastTick = Gauge(label: "tocsin_worker_last_tick_timestamp_seconds", dimensions: [("worker", name)], factory: metrics)
        Gauge(label: "tocsin_worker_interval_seconds", dimensions: [("worker", name)], factory: metrics).record(every.inSeconds)
        duration = CoreMetrics.Timer(label: "tocsin_worker_tick_duration_seconds", dimensions: [("worker", name)], factory: metrics)
    }

    /// Counts as a tick, so that a worker whose first one hangs is seen.
    func started(at now: Date) {
        state.withLock { $0.lastEnd = .now }
        lastTick.record(now.timeIntervalSince1970)
    }

    func succeeded(at now: Date, in time: Duration) {
        successes.increment()
        ended(at: now, in: time)
        let recovered = state.withLock { state in
            defer { state.trouble = nil }
            return state.trouble != nil
        }
        if recovered { logger.notice("worker recovered", metadata: ["worker": "\(name)"]) }
    }

    func failed(_ error: any Error, at now: Date, in time: Duration) {
        failures.increment()
        ended(at: now, in: time)
        let trouble = "\(type(of: error))"
        let isNews = state.withLock { state in
            defer { state.trouble = trouble }
            return state.trouble != trouble
        }
        guard isNews else { return }
        let isTransient = (error as? any TransientFailure)?.isTransient ?? false
        let metadata: Logger.Metadata = ["worker": "\(name)", "error.type": "\(trouble)", "error.message": "\(error)"]
        logger.log(level: isTransient ? .warning : .error, "worker tick failed", metadata: metadata)
    }

    private func ended(at now: Date, in time: Duration) {
        state.withLock { $0.lastEnd = .now }
        lastTick.record(now.timeIntervalSince1970)
        duration.recordNanoseconds(Int64(time.inSeconds * 1e9))
    }

    var health: HealthCheck {
        HealthCheck("worker:\(name)", affectsReadiness: false) { [self] in
            let state = state.withLock { $0 }
            guard let lastEnd = state.lastEnd else { return .ok }
            let age = ContinuousClock.now - lastEnd
            if age > every * 2 + Self.patience { return .fail("no tick has ended for \(age.components.seconds) s") }
            return state.trouble.map { .degraded("ticks fail: \($0)") } ?? .ok
        }
    }
}
