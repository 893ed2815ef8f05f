import Auth
import CoreMetrics
import PrometheusMetrics
import ServiceKit

/// Tells which keys the stored secrets are under, so that an operator sees when an old one may go, and that none went too early.
struct SecretKeyWatch: Sendable {
    private let store: ContactSecretStore
    private let keys: SealingKeyRing

    init(_ store: ContactSecretStore, keys: SealingKeyRing, metrics: PrometheusMetricsFactory) {
        self.store = store
        self.keys = keys
        metrics.describe("tocsin_sealed_secrets", help: "Stored secrets by the key they are under; plain ones are not encrypted yet.")
        let words = SealingKeyRing.Standing.allCases.map(\.rawValue) + [Self.plain]
        let gauges = Dictionary(
            uniqueKeysWithValues: words.map { ($0, Gauge(label: "tocsin_sealed_secrets", dimensions: [("key", $0)], factory: metrics)) })
        metrics.beforeScrape { [self] in
            // While the database is away the last numbers stand; /health says what is wrong.
            guard let counts = try? await count() else { return }
            for (word, gauge) in gauges { gauge.record(counts[word] ?? 0) }
        }
    }

    private static let plain = "plain"

    private func count() async throws -> [String: Int] {
        let counts = try await store.counts()
        return counts.byKey.reduce(into: [Self.plain: counts.plain]) { $0[keys.standing(of: $1.key).rawValue, default: 0] += $1.value }
    }

    var health: HealthCheck {
        HealthCheck("secrets", affectsReadiness: false) { [self] in
            guard let counts = try? await count() else { return .degraded("not known") }
            let unknown = counts[SealingKeyRing.Standing.unknown.rawValue] ?? 0
            return unknown == 0 ? .ok : .degraded("\(unknown) secrets are under a key that is not set: SECRETS_KEY_PREVIOUS")
        }
    }

    /// For the start, after the migrations: a key that was taken away too early is better missed now than by a page.
    ///
    /// Throws ``ConfigurationError`` when a stored secret is under a key that was not given.
    func check() async throws {
        let missing = try await store.counts().byKey.filter { keys.standing(of: $0.key) == .unknown }
        guard let (id, count) = missing.min(by: { $0.key < $1.key }) else { return }
        throw ConfigurationError(
            "SECRETS_KEY_PREVIOUS",
            "lacks the key with the id \(id), which \(count) stored secrets are under: add what SECRETS_KEY was when they were written")
    }
}
