import Contracts
import CoreMetrics
import PrometheusMetrics
import Synchronization

/// A counter by service and severity; services are named by senders, so only so many get series of their own.
final class ServiceCounter: Sendable {
    /// The rest count as `other`: five severities each make this the largest family of the daemon.
    static let mostServices = 100
    static let other = "other"

    private let name: String
    private let factory: PrometheusMetricsFactory
    private let series: Mutex<[String: [Severity: Counter]]>

    init(_ name: String, _ factory: PrometheusMetricsFactory) {
        self.name = name
        self.factory = factory
        series = Mutex([Self.other: Self.make(name, Self.other, factory)])
    }

    func increment(_ service: String, _ severity: Severity) {
        series.withLock { series in
            let known = series[service] ?? (series.count <= Self.mostServices ? Self.make(name, service, factory) : nil)
            if let known { series[service] = known }
            (known ?? series[Self.other])?[severity]?.increment()
        }
    }

    private static func make(_ name: String, _ service: String, _ factory: PrometheusMetricsFactory) -> [Severity: Counter] {
        Dictionary(
            uniqueKeysWithValues: Severity.allCases.map { severity in
                (severity, Counter(label: name, dimensions: [("service", service), ("severity", severity.rawValue)], factory: factory))
            })
    }
}
