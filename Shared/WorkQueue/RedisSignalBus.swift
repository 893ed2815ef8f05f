package import Logging
package import Redis
package import ServiceKit
import ServiceLifecycle

/// The bus over Redis' PUBLISH, for teams whose PostgreSQL is to be spared the bells of many replicas.
///
/// A channel `escalation` of schema `incident` is `tocsin:incident:escalation` in Redis, whatever the database number: channels have none. What holds for
/// ``PostgresSignalBus`` holds here: rings are gathered, one that cannot be sent is dropped, the sender hears its own, and a new subscription rings every
/// bell once. While Redis is away the poll finds the work.
///
/// Make the bells before the service runs: it listens to the channels that have one by then.
package final class RedisSignalBus: SignalBus, Service {
    private let redis: RedisClient
    private let prefix: String
    private let logger: Logger
    private let bells = BellSet()
    private let sender = RingSender()

    package init(_ redis: RedisClient, schema: String, logger: Logger) {
        self.redis = redis
        self.logger = logger
        prefix = "tocsin:\(schema):"
    }

    package func bell(_ channel: String) -> Doorbell { bells[channel] }

    package func ring(_ channel: String) {
        bells.ring(channel)
        sender.ring(channel)
    }

    package func run() async throws {
        let subscription = redis.subscription(to: bells.channels.map { prefix + $0 }) { [bells, prefix] signal in
            switch signal {
            case .scan: bells.ringAll()
            case .published(let channel): bells.ring(String(channel.dropFirst(prefix.count)))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await subscription.run() }
            group.addTask { await cancelWhenGracefulShutdown { await self.sender.run { await self.send($0) } } }
            try await group.waitForAll()
        }
    }

    private func send(_ channels: Set<String>) async {
        do {
            for channel in channels.sorted() { try await redis.publish(prefix + channel) }
        } catch {
            logger.debug("doorbell not heard elsewhere", metadata: ["error.message": "\(error)"])
        }
    }
}
