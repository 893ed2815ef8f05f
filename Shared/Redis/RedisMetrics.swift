import CoreMetrics
import PrometheusMetrics

/// What is counted of Redis; all series are there from the start.
struct RedisMetrics: Sendable {
    enum Command: String, CaseIterable {
        case get, set, publish
    }

    enum Result: String, CaseIterable {
        case ok, failed
        /// There was no connection, so nothing was waited for.
        case skipped
    }

    private static let up = "tocsin_redis_up"
    private static let commands = "tocsin_redis_commands_total"
    private static let duration = "tocsin_redis_command_duration_seconds"

    private let counters: [Command: [Result: Counter]]
    private let timers: [Command: CoreMetrics.Timer]

    init(_ factory: any MetricsFactory) {
        Self.describe(factory)
        counters = Dictionary(
            uniqueKeysWithValues: Command.allCases.map { command in
                let labels = Result.allCases.map { ($0, [("command", command.rawValue), ("result", $0.rawValue)]) }
                let made = labels.map { ($0, Counter(label: Self.commands, dimensions: $1, factory: factory)) }
                return (command, Dictionary(uniqueKeysWithValues: made))
            })
        timers = Dictionary(
            uniqueKeysWithValues: Command.allCases.map {
                ($0, CoreMetrics.Timer(label: Self.duration, dimensions: [("command", $0.rawValue)], factory: factory))
            })
    }

    static func link(_ name: String, _ factory: any MetricsFactory) -> Gauge {
        Gauge(label: up, dimensions: [("link", name)], factory: factory)
    }

    func count(_ command: Command, _ result: Result, took duration: Duration? = nil) {
        counters[command]?[result]?.increment()
        guard let (seconds, attoseconds) = duration?.components else { return }
        timers[command]?.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private static func describe(_ factory: any MetricsFactory) {
        guard let prometheus = factory as? PrometheusMetricsFactory else { return }
        prometheus.describe(up, help: "Whether a connection to Redis is there: 1 or 0, by what it is for.")
        prometheus.describe(commands, help: "Commands for Redis; skipped are those that found no connection.")
        prometheus.describe(
            duration, help: "Time of a command that Redis answered.",
            buckets: [0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1])
    }
}
