package import Foundation
package import Postgres

/// Forgets alerts that fell silent after a person had closed their incident.
package struct MutedAlerts: Sendable {
    private static let batch = 500
    private let db: any PostgresSession

    package init(_ db: any PostgresSession) { self.db = db }

    /// - Returns: whether there may be more.
    package func forget(now: Date) async throws -> Bool {
        let forgotten = try await db.execute(
            """
            WITH old AS (
              SELECT integration_id, dedup_key FROM alerting.open_alert
               WHERE muted_at IS NOT NULL AND last_seen_at < \(now.addingTimeInterval(-MuteRule.memory))
               ORDER BY integration_id, dedup_key LIMIT \(unsafeSQL: "\(Self.batch)") FOR UPDATE),
            gone AS (
              DELETE FROM alerting.open_alert o USING old
               WHERE o.integration_id = old.integration_id AND o.dedup_key = old.dedup_key
              RETURNING o.alert_id, o.report_count)
            UPDATE alerting.alert a SET ended_at = \(now), end_reason = \(AlertEnd.Reason.superseded), report_count = gone.report_count
              FROM gone WHERE a.id = gone.alert_id AND a.ended_at IS NULL
            """)
        return forgotten == Self.batch
    }
}
