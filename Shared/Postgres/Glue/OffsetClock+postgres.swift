package import Logging
package import PrometheusMetrics
package import ServiceKit

extension OffsetClock {
    /// A clock that follows the database's time.
    package convenience init(_ database: PostgresDatabase, metrics: PrometheusMetricsFactory, logger: Logger) {
        self.init(
            measure: { try await database.serverTime() }, isPassing: { ($0 as? PostgresError)?.isTransient ?? false }, metrics: metrics,
            logger: logger)
    }
}
