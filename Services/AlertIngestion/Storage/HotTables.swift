import Contracts
import Foundation
import Postgres

/// The rows a batch may touch, locked in one order: open alerts by key, then groups by incident. Whoever locks both does it in this order.
struct HotTables {
    let tx: PostgresTransaction

    /// The open alerts of these keys, their groups, and whatever groups accept alerts of these correlations.
    ///
    /// - Parameter keys: sorted and unique.
    func lock(_ keys: [AlertKey], accepting correlations: [CorrelationKey]) async throws -> ([OpenAlert], [OpenGroup]) {
        let alerts: SQL = """
            unnest(\(keys.map(\.integrationID))::uuid[], \(keys.map(\.dedupKey))::text[]) AS k (integration_id, dedup_key)
              JOIN alerting.open_alert o ON o.integration_id = k.integration_id AND o.dedup_key = k.dedup_key
            """
        return try await tx.together(
            RowQuery<OpenAlert>(
                """
                SELECT \(fragment: OpenAlert.columns)
                  FROM \(fragment: alerts)
                 ORDER BY o.integration_id, o.dedup_key
                   FOR UPDATE OF o
                """),
            RowQuery<OpenGroup>(
                """
                SELECT \(fragment: OpenGroup.columns) FROM alerting.open_group g
                 WHERE g.incident_id IN (SELECT o.incident_id FROM \(fragment: alerts)
                                         UNION
                                         SELECT a.incident_id FROM alerting.open_group a
                                          WHERE a.is_accepting AND a.correlation_key = ANY (\(correlations)::text[]))
                 ORDER BY g.incident_id
                   FOR UPDATE OF g
                """))
    }

    func lockGroups(_ incidents: [IncidentID]) async throws -> [OpenGroup] {
        try await tx.all(
            OpenGroup.self,
            """
            SELECT \(fragment: OpenGroup.columns) FROM alerting.open_group g
             WHERE g.incident_id = ANY (\(incidents)::uuid[])
             ORDER BY g.incident_id
               FOR UPDATE
            """)
    }
}
