import CoreMetrics
import Logging
import Synchronization

/// Keeps one connection for as long as a service runs: makes it, lends it, and makes another one after a jittered pause when it is gone.
final class RedisLink: Sendable {
    private let name: String
    private let configuration: RedisConfiguration
    private let gauge: Gauge
    private let logger: Logger
    private let up = Atomic(false)

    init(_ name: String, _ configuration: RedisConfiguration, metrics: any MetricsFactory, logger: Logger) {
        self.name = name
        self.configuration = configuration
        self.logger = logger
        gauge = RedisMetrics.link(name, metrics)
        gauge.record(0)
    }

    var isUp: Bool { up.load(ordering: .acquiring) }

    /// Runs until the task is cancelled; `use` ends by throwing.
    func keep(_ use: @Sendable (RedisConnection) async throws -> Void) async {
        var failures = 0
        while !Task.isCancelled {
            let connection = RedisConnection(name: "redis-\(name)")
            do {
                try await withTaskCancellationHandler {
                    try await connection.open(configuration, until: .now + RedisLimits.connect)
                    begin(after: failures)
                    failures = 0
                    try await use(connection)
                } onCancel: {
                    connection.interrupt()
                }
            } catch {
                if Task.isCancelled { return end() }
                if failures == 0 { logger.warning("redis is away", metadata: details(error)) }
            }
            connection.interrupt()
            end()
            failures += 1
            try? await Task.sleep(for: ReconnectPause.pause(after: failures, chance: .random(in: 0...1)))
        }
    }

    private func begin(after failures: Int) {
        up.store(true, ordering: .releasing)
        gauge.record(1)
        if failures > 0 { logger.notice("redis is back", metadata: ["redis.link": "\(name)"]) }
    }

    private func end() {
        up.store(false, ordering: .releasing)
        gauge.record(0)
    }

    private func details(_ error: any Error) -> Logger.Metadata {
        ["redis.link": "\(name)", "server.address": "\(configuration.host):\(configuration.port)", "error.message": "\(error)"]
    }
}
