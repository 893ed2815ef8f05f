import CoreMetrics
import PrometheusMetrics

/// All checks of a daemon, run side by side; before each scrape too, for `tocsin_health_check_status`.
struct HealthBoard: Sendable {
    private let probes: [HealthProbe]
    private let gauges: [String: Gauge]

    init(_ checks: [HealthCheck], metrics: PrometheusMetricsFactory) {
        probes = checks.map(HealthProbe.init)
        metrics.describe("tocsin_health_check_status", help: "Checks of /health: 1 ok, 0.5 degraded, 0 failing.")
        gauges = Dictionary(
            checks.map { ($0.name, Gauge(label: "tocsin_health_check_status", dimensions: [("check", $0.name)], factory: metrics)) },
            uniquingKeysWith: { first, _ in first })
        metrics.beforeScrape { [self] in _ = await results() }
    }

    /// Each check's gauge is set as soon as its own answer is known: one that hangs hides none of the others.
    func results(readinessOnly: Bool = false) async -> [String: HealthStatus] {
        await withTaskGroup(of: (String, HealthStatus).self) { group in
            for probe in probes where !readinessOnly || probe.check.affectsReadiness {
                group.addTask { (probe.check.name, await probe.answer()) }
            }
            return await group.reduce(into: [:]) { results, answer in
                results[answer.0] = answer.1
                gauges[answer.0]?.record(answer.1.level)
            }
        }
    }
}

extension HealthStatus {
    fileprivate var level: Double {
        switch self {
        case .ok: 1
        case .degraded: 0.5
        case .fail: 0
        }
    }
}
