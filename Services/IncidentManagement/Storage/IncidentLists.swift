import CoreMetrics
import Crypto
package import Foundation
import Postgres
package import PrometheusMetrics

/// The incident list, out of a cache while no incident has changed.
///
/// The stamp is read first and the rows after it: a page may be newer than its stamp, never older. A page is served under the very stamp the database holds
/// during the request, so after a write's 2xx no replica shows what was before it, whatever became of the cache.
///
/// Pages are the same for everybody: every viewer sees every incident. Should that change, who asks becomes part of the question.
package struct IncidentLists: Sendable {
    private let store: IncidentStore
    private let cache: any PageCache
    private let metrics: IncidentListMetrics

    package init(_ store: IncidentStore, cache: any PageCache, metrics: PrometheusMetricsFactory) {
        self.store = store
        self.cache = cache
        self.metrics = IncidentListMetrics(metrics)
    }

    package func page(_ filter: IncidentFilter, now: Date) async throws -> IncidentPage {
        let stamp = try await store.listStamp()
        let question = try filter.question
        if let kept = await cache.page(for: question, now: now), kept.stamp == stamp {
            metrics.hits.increment()
            return kept.page
        }
        metrics.misses.increment()
        let page = try IncidentPage(try await store.list(filter))
        await cache.keep(StampedPage(stamp: stamp, page: page), for: question, now: now)
        return page
    }
}

extension IncidentStore {
    /// A digest that another transaction's change of any incident changes, in the same commit.
    package func listStamp() async throws -> String {
        try await session.value(
            String.self, "SELECT encode(sha256(string_agg(uuid_send(stamp), ''::bytea ORDER BY slot)), 'hex') FROM incident.list_stamp")
    }
}

extension IncidentFilter {
    /// Names what is asked, all of it: a field that is added later is in it too. Times in full, as numbers; our wire format has milliseconds.
    fileprivate var question: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return SHA256.hex(String(decoding: try encoder.encode(self), as: UTF8.self))
        }
    }
}

private struct IncidentListMetrics: Sendable {
    private static let name = "tocsin_incident_list_cache_total"

    let hits: Counter
    let misses: Counter

    init(_ factory: PrometheusMetricsFactory) {
        factory.describe(Self.name, help: "Pages of the incident list: hit came from the cache, miss from the table.")
        hits = Counter(label: Self.name, dimensions: [("result", "hit")], factory: factory)
        misses = Counter(label: Self.name, dimensions: [("result", "miss")], factory: factory)
    }
}
