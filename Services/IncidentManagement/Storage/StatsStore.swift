import Contracts
package import Foundation
package import Postgres

/// Counts and times over incidents.
package struct StatsStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// Everything opened since `since`; current counts whatever their age.
    package func stats(since: Date, until: Date) async throws -> IncidentStats {
        let current = try await counts(Self.byStatus).filter { $0.value > 0 }
        let opened = try await session.query(
            """
            SELECT count(*) AS total,
                avg(extract(epoch FROM acknowledged_at - created_at))::float8 AS mtta,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - created_at)) AS mtta_p50,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - created_at)) AS mtta_p90,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - created_at)) AS mtta_p95,
                avg(extract(epoch FROM resolved_at - created_at))::float8 AS mttr,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - created_at)) AS mttr_p50,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - created_at)) AS mttr_p90,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - created_at)) AS mttr_p95
            FROM incident.incident WHERE deleted_at IS NULL AND created_at >= \(since) AND created_at < \(until)
            """
        ).first
        return IncidentStats(
            total: try opened?("total") ?? 0,
            byStatus: current,
            bySeverity: try await grouped("severity", since: since, until: until),
            byService: try await grouped("service", since: since, until: until),
            mttaSeconds: try opened?("mtta"), mttaP50Seconds: try opened?("mtta_p50"), mttaP90Seconds: try opened?("mtta_p90"),
            mttaP95Seconds: try opened?("mtta_p95"), mttrSeconds: try opened?("mttr"), mttrP50Seconds: try opened?("mttr_p50"),
            mttrP90Seconds: try opened?("mttr_p90"), mttrP95Seconds: try opened?("mttr_p95"), since: since, until: until
        )
    }

    /// Each status counted by itself from its own index entries: half the time of grouping them.
    package static let byStatus: SQL = """
        SELECT key, (SELECT count(*) FROM incident.incident WHERE status = key AND deleted_at IS NULL) AS count
        FROM unnest(\(IncidentStatus.allCases)::text[]) AS known (key)
        """

    /// Unresolved incidents by severity.
    package func openBySeverity() async throws -> [String: Int] {
        try await counts(
            """
            SELECT severity AS key, count(*) AS count FROM incident.incident
            WHERE status <> 'resolved' AND deleted_at IS NULL GROUP BY 1
            """
        )
    }

    package func currentByStatus() async throws -> [String: Int] {
        try await counts(
            """
            SELECT status AS key, count(*) AS count FROM incident.incident
            WHERE status <> 'resolved' AND deleted_at IS NULL GROUP BY 1
            """
        )
    }

    /// The services with the most incidents; the rest is left out.
    private static let serviceLimit = 50

    private func grouped(_ column: String, since: Date, until: Date) async throws -> [String: Int] {
        try await counts(
            """
            SELECT \(unsafeSQL: column) AS key, count(*) AS count FROM incident.incident
            WHERE deleted_at IS NULL AND created_at >= \(since) AND created_at < \(until)
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT \(unsafeSQL: String(Self.serviceLimit))
            """
        )
    }

    private func counts(_ sql: SQL) async throws -> [String: Int] {
        let rows = try await session.query(sql)
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0("key", as: String.self), try $0("count", as: Int.self)) })
    }
}

package struct IncidentStats: Codable, Sendable {
    package let total: Int
    package let byStatus: [String: Int]
    package let bySeverity: [String: Int]
    package let byService: [String: Int]
    package let mttaSeconds: Double?
    package let mttaP50Seconds: Double?
    package let mttaP90Seconds: Double?
    package let mttaP95Seconds: Double?
    package let mttrSeconds: Double?
    package let mttrP50Seconds: Double?
    package let mttrP90Seconds: Double?
    package let mttrP95Seconds: Double?
    package let since: Date
    package let until: Date
}
