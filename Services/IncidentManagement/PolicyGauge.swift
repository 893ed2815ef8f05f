import CoreMetrics
import Foundation
package import PrometheusMetrics
package import ServiceKit

/// Watches for stored policies that cannot be read: their incidents follow the default, which is not what somebody wanted.
package struct PolicyGauge: Sendable {
    private let store: PolicyStore

    package init(_ store: PolicyStore, metrics: PrometheusMetricsFactory) {
        self.store = store
        metrics.describe("tocsin_escalation_policies_unreadable", help: "Active policies that cannot be read; the default stands in.")
        let gauge = Gauge(label: "tocsin_escalation_policies_unreadable", factory: metrics)
        gauge.record(0)
        metrics.beforeScrape {
            // While the database is away the last number stands; /health says what is wrong.
            if let count = try? await store.unreadable() { gauge.record(count) }
        }
    }

    /// Said, and no reason to leave the rotation: incidents open and page.
    package var health: HealthCheck {
        HealthCheck("escalation_policies", affectsReadiness: false) { [store] in
            guard let count = try? await store.unreadable() else { return .degraded("not read") }
            return count == 0 ? .ok : .degraded("\(count) cannot be read: the default policy takes their incidents")
        }
    }
}
