import Contracts
import Foundation
import Postgres

extension HotTables {
    /// With the next statement or COMMIT, which fails with a unique violation when another transaction made one of them meanwhile.
    func insert(_ alerts: [OpenAlert]) {
        guard !alerts.isEmpty else { return }
        tx.later(
            """
            INSERT INTO alerting.open_alert (integration_id, dedup_key, alert_id, incident_id, severity, first_seen_at, last_seen_at,
                                             starts_at, expires_at, report_count, told_by_seq, muted_at)
            SELECT * FROM \(fragment: rows(alerts))
            """)
    }

    /// Writes rows that are locked.
    func update(_ alerts: [OpenAlert]) {
        guard !alerts.isEmpty else { return }
        tx.later(
            """
            UPDATE alerting.open_alert o
               SET alert_id = n.alert_id, incident_id = n.incident_id, severity = n.severity, first_seen_at = n.first_seen_at,
                   last_seen_at = n.last_seen_at, starts_at = n.starts_at, expires_at = n.expires_at, report_count = n.report_count,
                   told_by_seq = n.told_by_seq, muted_at = n.muted_at
              FROM \(fragment: rows(alerts))
                   AS n (integration_id, dedup_key, alert_id, incident_id, severity, first_seen_at, last_seen_at, starts_at, expires_at,
                         report_count, told_by_seq, muted_at)
             WHERE o.integration_id = n.integration_id AND o.dedup_key = n.dedup_key
            """)
    }

    func delete(_ keys: [AlertKey]) {
        guard !keys.isEmpty else { return }
        tx.later(
            """
            DELETE FROM alerting.open_alert o
             USING unnest(\(keys.map(\.integrationID))::uuid[], \(keys.map(\.dedupKey))::text[]) AS k (integration_id, dedup_key)
             WHERE o.integration_id = k.integration_id AND o.dedup_key = k.dedup_key
            """)
    }

    private func rows(_ alerts: [OpenAlert]) -> SQL {
        """
        unnest(\(alerts.map(\.key.integrationID))::uuid[], \(alerts.map(\.key.dedupKey))::text[], \(alerts.map(\.alertID))::uuid[],
               \(alerts.map(\.incidentID))::uuid[], \(alerts.map(\.severity))::text[], \(alerts.map(\.firstSeenAt))::timestamptz[],
               \(alerts.map(\.lastSeenAt))::timestamptz[], \(alerts.map(\.startsAt))::timestamptz[],
               \(alerts.map(\.expiresAt))::timestamptz[], \(alerts.map(\.count))::bigint[], \(alerts.map(\.toldBySeq))::bigint[],
               \(alerts.map(\.mutedAt))::timestamptz[])
        """
    }
}

extension PostgresError {
    /// A unique key was taken between our look and our write: nothing is wrong, the transaction starts anew.
    var isLostRace: Bool {
        ["open_alert_pkey", "open_group_accepting"].contains { Self.isUniqueViolation(self, of: $0) }
    }
}
