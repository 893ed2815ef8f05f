import Contracts
package import Foundation
package import Postgres

/// Forgets alerts that fell silent after a person had closed their incident.
package struct MutedAlerts: Sendable {
    private static let batch = 500
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) { self.lane = lane }

    /// - Returns: whether there may be more.
    package func forget(now: Date) async throws -> Bool {
        try await lane.transaction { tx in
            let forgotten = try await tx.query(
                """
                WITH old AS (
                  SELECT integration_id, dedup_key FROM alerting.open_alert
                   WHERE muted_at IS NOT NULL AND last_seen_at < \(now.addingTimeInterval(-MuteRule.memory))
                   ORDER BY integration_id, dedup_key LIMIT \(unsafeSQL: "\(Self.batch)") FOR UPDATE)
                DELETE FROM alerting.open_alert o USING old
                 WHERE o.integration_id = old.integration_id AND o.dedup_key = old.dedup_key
                RETURNING o.alert_id, o.report_count
                """)
            let ends = try forgotten.map { row in
                AlertEnd(alertID: try row("alert_id"), at: now, reason: .superseded, count: try row("report_count"))
            }
            AlertArchive(tx: tx).complete(ends)
            return ends.count == Self.batch
        }
    }
}
