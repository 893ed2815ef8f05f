import CoreMetrics
import Synchronization

/// The module's metrics; every label set is closed (statement names are source positions, SQLSTATE classes are listed by PostgreSQL).
final class PostgresMetrics: Sendable {
    static let duration = "tocsin_postgres_query_duration_seconds"
    static let errors = "tocsin_postgres_errors_total"
    static let connections = "tocsin_postgres_pool_connections"
    static let waiting = "tocsin_postgres_pool_waiting"

    /// Shown as 0 from the start: the classes an alert rule looks at.
    private static let watchedClasses = ["08", "23", "40", "53", "55", "57", "connection_lost", "deadline", "pool_timeout", "unreachable"]

    private let factory: any MetricsFactory
    private let timers = Mutex<[StatementName: CoreMetrics.Timer]>([:])
    private let counters: Mutex<[String: Counter]>

    init(_ factory: any MetricsFactory) {
        Self.describe(to: factory)
        self.factory = factory
        var counters: [String: Counter] = [:]
        for name in Self.watchedClasses { counters[name] = Counter(label: Self.errors, dimensions: [("class", name)], factory: factory) }
        self.counters = Mutex(counters)
    }

    func record(_ statement: StatementName, took duration: Duration) {
        let timer = timers.withLock { timers in
            if let timer = timers[statement] { return timer }
            let timer = CoreMetrics.Timer(label: Self.duration, dimensions: [("statement", statement.description)], factory: factory)
            timers[statement] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    func record(_ error: PostgresError) {
        let name = error.sqlState.map { String($0.prefix(2)) } ?? error.kind.rawValue
        let counter = counters.withLock { counters in
            if let counter = counters[name] { return counter }
            let counter = Counter(label: Self.errors, dimensions: [("class", name)], factory: factory)
            counters[name] = counter
            return counter
        }
        counter.increment()
    }

    func gauges(lane: String) -> LaneGauges {
        LaneGauges(
            idle: Gauge(label: Self.connections, dimensions: [("lane", lane), ("state", "idle")], factory: factory),
            leased: Gauge(label: Self.connections, dimensions: [("lane", lane), ("state", "busy")], factory: factory),
            waiting: Gauge(label: Self.waiting, dimensions: [("lane", lane)], factory: factory)
        )
    }
}

/// How full one lane is.
struct LaneGauges: Sendable {
    let idle: Gauge
    let leased: Gauge
    let waiting: Gauge

    func record(idle idleCount: Int, leased leasedCount: Int, waiting waitingCount: Int) {
        idle.record(idleCount)
        leased.record(leasedCount)
        waiting.record(waitingCount)
    }
}
