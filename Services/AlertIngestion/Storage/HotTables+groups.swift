import Contracts
import Foundation
import Postgres

extension HotTables {
    /// With the next statement or COMMIT, which fails with a unique violation when another transaction opened an accepting group of one of the keys
    /// meanwhile.
    func insert(_ groups: [OpenGroup]) {
        guard !groups.isEmpty else { return }
        tx.later(insertion(of: groups))
    }

    func insertion(of groups: [OpenGroup]) -> SQL {
        """
        INSERT INTO alerting.open_group (incident_id, correlation_key, is_accepting, group_seq, alert_count, firing_count, severity,
                                         opened_at, last_alert_at, latest_alert_id, update_due_at)
        SELECT * FROM unnest(\(groups.map(\.incidentID))::uuid[], \(groups.map(\.correlationKey))::text[],
                             \(groups.map(\.isAccepting))::boolean[], \(groups.map(\.groupSeq))::bigint[],
                             \(groups.map(\.alertCount))::bigint[], \(groups.map(\.firingCount))::bigint[],
                             \(groups.map(\.severity))::text[], \(groups.map(\.openedAt))::timestamptz[],
                             \(groups.map(\.lastAlertAt))::timestamptz[], \(groups.map(\.latestAlertID))::uuid[],
                             \(groups.map(\.updateDueAt))::timestamptz[])
        """
    }

    /// Writes rows that are locked.
    func update(_ groups: [OpenGroup]) {
        guard !groups.isEmpty else { return }
        tx.later(
            """
            UPDATE alerting.open_group g
               SET is_accepting = n.is_accepting, group_seq = n.group_seq, alert_count = n.alert_count, firing_count = n.firing_count,
                   severity = n.severity, last_alert_at = n.last_alert_at, latest_alert_id = n.latest_alert_id,
                   update_due_at = n.update_due_at
              FROM unnest(\(groups.map(\.incidentID))::uuid[], \(groups.map(\.isAccepting))::boolean[],
                          \(groups.map(\.groupSeq))::bigint[], \(groups.map(\.alertCount))::bigint[],
                          \(groups.map(\.firingCount))::bigint[], \(groups.map(\.severity))::text[],
                          \(groups.map(\.lastAlertAt))::timestamptz[], \(groups.map(\.latestAlertID))::uuid[],
                          \(groups.map(\.updateDueAt))::timestamptz[])
                   AS n (incident_id, is_accepting, group_seq, alert_count, firing_count, severity, last_alert_at, latest_alert_id,
                         update_due_at)
             WHERE g.incident_id = n.incident_id
            """)
    }

    func delete(_ incidents: [IncidentID]) {
        guard !incidents.isEmpty else { return }
        tx.later("DELETE FROM alerting.open_group WHERE incident_id = ANY (\(incidents)::uuid[])")
    }
}
