import CoreMetrics
import PrometheusMetrics

extension PostgresMetrics {
    /// From a prepared lookup by key to the deadline, in seconds.
    private static let buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3]

    static func describe(to factory: any MetricsFactory) {
        guard let prometheus = factory as? PrometheusMetricsFactory else { return }
        prometheus.describe(
            duration, help: "Time of a statement without the wait for a connection, by the function that issued it.", buckets: buckets)
        prometheus.describe(errors, help: "Failed statements and connections, by SQLSTATE class or by the client's reason.")
        prometheus.describe(connections, help: "Open connections of a lane of the pool.")
        prometheus.describe(waiting, help: "Callers that wait for a connection of a lane.")
    }
}
