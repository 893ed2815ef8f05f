package import ServiceKit
package import ServiceLifecycle

extension Bootstrap {
    /// The daemon's Redis, where a team wants it; nil without `REDIS_URL` or `REDIS_HOST`.
    ///
    /// - Throws: `ConfigurationError` naming the key.
    package func redis() throws -> RedisClient? {
        try RedisConfiguration.read(settings).map { RedisClient($0, metrics: metrics, logger: logger) }
    }
}

extension RedisClient? {
    /// To be run before those that use it.
    package var services: [any Service] { map { [$0] } ?? [] }
    package var health: [HealthCheck] { map { [.redis($0)] } ?? [] }
}

extension HealthCheck {
    /// Degraded, never failed, while Redis is away: the poll finds the work and the database has the lists.
    package static func redis(_ client: RedisClient) -> HealthCheck {
        HealthCheck("redis", affectsReadiness: false) {
            client.isUp ? .ok : .degraded("not connected: work is found by the poll, lists come from the database")
        }
    }
}
