package import Postgres
package import Redis
package import ServiceKit
package import ServiceLifecycle

extension Bootstrap {
    /// The daemon's bus: over Redis where there is one, else over NOTIFY.
    package func signals(_ database: PostgresDatabase, schema: String, redis: RedisClient?) -> any SignalBus & Service {
        if let redis { return SharedSignalBus(RedisSignals(redis, schema: schema), logger: logger) }
        return SharedSignalBus(PostgresSignals(database, schema: schema, logger: logger), logger: logger)
    }
}
