import Contracts
import Foundation
import Postgres

extension HotTables {
    func lockAlerts(of incident: IncidentID) async throws -> [OpenAlert] {
        try await tx.all(
            OpenAlert.self,
            """
            SELECT \(fragment: OpenAlert.columns) FROM alerting.open_alert o
             WHERE o.incident_id = \(incident) ORDER BY o.integration_id, o.dedup_key FOR UPDATE
            """)
    }

    /// How many firing alerts the last event of each group is the first to tell of.
    ///
    /// Counted row by row of the groups, so that the planner finds the alerts by incident and never compares all with all.
    func joined(_ groups: [OpenGroup]) async throws -> [IncidentID: Int] {
        let rows = try await tx.query(
            """
            SELECT g.incident_id, j.joined
              FROM unnest(\(groups.map(\.incidentID))::uuid[], \(groups.map(\.groupSeq))::bigint[]) AS g (incident_id, group_seq)
             CROSS JOIN LATERAL (SELECT count(*) AS joined FROM alerting.open_alert o
                                  WHERE o.incident_id = g.incident_id AND o.told_by_seq = g.group_seq) AS j
            """)
        let counts = try rows.map { row -> (IncidentID, Int) in (try row("incident_id"), try row("joined")) }
        return Dictionary(counts, uniquingKeysWith: { first, _ in first })
    }

    /// The state of each group in the words of its latest alert.
    func summaries(of groups: [OpenGroup]) async throws -> [IncidentID: AlertSummary] {
        let alerts = try await tx.alerts(groups.map(\.latestAlertID))
        let byID = Dictionary(alerts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(
            groups.compactMap { group in byID[group.latestAlertID].map { (group.incidentID, $0.summary(of: group)) } },
            uniquingKeysWith: { first, _ in first })
    }
}

extension AlertSummary {
    /// For a group whose latest alert's record is gone: its partition was dropped while it still fires.
    static func nameless(_ group: OpenGroup) -> AlertSummary {
        AlertSummary(
            alertID: group.latestAlertID, title: "Alert whose record has expired", description: nil, service: "unknown", team: nil,
            severity: group.severity, source: "unknown", labels: [:], links: [], alertCount: group.alertCount,
            lastSeenAt: group.lastAlertAt)
    }
}
