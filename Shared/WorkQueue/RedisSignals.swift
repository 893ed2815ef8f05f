package import Redis

/// Rings over Redis' PUBLISH, for teams whose PostgreSQL is to be spared the bells of many replicas.
///
/// A channel `escalation` of schema `incident` is `tocsin:incident:escalation` in Redis, whatever the database number: channels have none.
package struct RedisSignals: SignalTransport {
    private let redis: RedisClient
    private let prefix: String

    package init(_ redis: RedisClient, schema: String) {
        self.redis = redis
        prefix = "tocsin:\(schema):"
    }

    package func listen(to channels: [String], onSignal: @escaping @Sendable (TransportedSignal) -> Void) async throws {
        let subscription = redis.subscription(to: channels.map { prefix + $0 }) { [prefix] signal in
            switch signal {
            case .scan: onSignal(.scan)
            case .published(let channel): onSignal(.rung(channel: String(channel.dropFirst(prefix.count))))
            }
        }
        try await subscription.run()
    }

    package func send(_ channels: Set<String>) async throws {
        for channel in channels.sorted() { try await redis.publish(prefix + channel) }
    }
}
