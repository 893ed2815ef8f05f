import Contracts
import CoreMetrics
import Foundation
package import PrometheusMetrics

/// Numbers read from the database when Prometheus asks. With several replicas each shows the same: use `max by`, not `sum`.
package struct IncidentGauges: Sendable {
    private let stats: StatsStore

    package init(stats: StatsStore) {
        self.stats = stats
    }

    package func add(to factory: PrometheusMetricsFactory) {
        factory.describe("incidents_open", help: "Unresolved incidents by severity.")
        factory.describe("incidents_current", help: "Unresolved incidents by status.")
        let open = Dictionary(
            uniqueKeysWithValues: Severity.allCases.map { severity in
                (severity, Gauge(label: "incidents_open", dimensions: [("severity", severity.rawValue)], factory: factory))
            })
        let current = Dictionary(
            uniqueKeysWithValues: IncidentStatus.allCases.filter { $0 != .resolved }.map { status in
                (status, Gauge(label: "incidents_current", dimensions: [("status", status.rawValue)], factory: factory))
            })
        let stats = stats
        factory.beforeScrape {
            // While the database is away the last numbers stand; /health says what is wrong.
            guard let bySeverity = try? await stats.openBySeverity(), let byStatus = try? await stats.currentByStatus() else { return }
            for (severity, gauge) in open { gauge.record(bySeverity[severity.rawValue] ?? 0) }
            for (status, gauge) in current { gauge.record(byStatus[status.rawValue] ?? 0) }
        }
    }
}
