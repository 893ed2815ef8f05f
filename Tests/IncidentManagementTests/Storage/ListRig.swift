import Contracts
import Foundation
import IncidentManagement
import Postgres
import PrometheusMetrics
import Testing

/// One replica's view of the incident list, with counts of where its pages came from.
struct ListReplica: Sendable {
    let lists: IncidentLists
    let metrics = PrometheusMetricsFactory()

    init(_ rig: IncidentRig, cache: any PageCache = LocalPageCache()) {
        lists = IncidentLists(rig.incidents, cache: cache, metrics: metrics)
    }

    func page(_ adjust: (inout IncidentFilter) -> Void = { _ in }, at now: Date = .example) async throws -> IncidentPage {
        var filter = IncidentFilter()
        adjust(&filter)
        return try await lists.page(filter, now: now)
    }

    func count(_ result: String) async -> Int {
        let sample = #"tocsin_incident_list_cache_total{result="\#(result)"} "#
        let line = await metrics.exposition(.text).split(separator: "\n").first { $0.hasPrefix(sample) }
        return line.flatMap { Int($0.dropFirst(sample.count)) } ?? -1
    }
}

extension IncidentRig {
    /// What the table holds right now, read past every cache.
    func truth() async throws -> IncidentPage {
        try await ListReplica(self).page()
    }
}

extension IncidentPage {
    /// The `version` of each incident, by its id.
    func versions() throws -> [String: Int] {
        let incidents = try JSONValue(parsing: Data(body.utf8)).array ?? []
        return Dictionary(
            incidents.map { ($0["id"]?.string ?? "", $0["version"]?.integer.map { Int($0) } ?? 0) }, uniquingKeysWith: { first, _ in first }
        )
    }
}
