import CoreMetrics
import PrometheusMetrics

/// `tocsin_logins_total{outcome}` and `tocsin_refreshes_total{outcome}`: a rise of wrong passwords or of reused tokens is an attack.
struct IdentityMetrics: Sendable {
    private let logins: [LoginOutcome: Counter]
    private let refreshes: [RefreshDecision: Counter]

    init(_ factory: PrometheusMetricsFactory) {
        factory.describe("tocsin_logins_total", help: "Attempts to sign in with a password, by what became of them.")
        factory.describe("tocsin_refreshes_total", help: "Attempts to renew a session, by what became of them.")
        logins = Self.counters("tocsin_logins_total", factory)
        refreshes = Self.counters("tocsin_refreshes_total", factory)
    }

    func count(_ outcome: LoginOutcome) {
        logins[outcome]?.increment()
    }

    func count(_ decision: RefreshDecision) {
        refreshes[decision]?.increment()
    }

    /// All of them at once, so that those that never happened show 0.
    private static func counters<Outcome: RawRepresentable & CaseIterable & Hashable>(
        _ label: String, _ factory: PrometheusMetricsFactory
    ) -> [Outcome: Counter] where Outcome.RawValue == String {
        Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                (outcome, Counter(label: label, dimensions: [("outcome", outcome.rawValue)], factory: factory))
            }
        )
    }
}
