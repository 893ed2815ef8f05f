import Contracts
import Foundation
import Postgres

/// The rows a batch may touch, locked in one order: open alerts by key, then groups by incident. Whoever locks both does it in this order.
struct HotTables {
    let tx: PostgresTransaction

    /// - Parameter keys: sorted and unique.
    func lockAlerts(_ keys: [AlertKey]) async throws -> [OpenAlert] {
        try await tx.all(
            OpenAlert.self,
            """
            SELECT \(fragment: OpenAlert.columns)
              FROM unnest(\(keys.map(\.integrationID))::uuid[], \(keys.map(\.dedupKey))::text[]) AS k (integration_id, dedup_key)
              JOIN alerting.open_alert o ON o.integration_id = k.integration_id AND o.dedup_key = k.dedup_key
             ORDER BY o.integration_id, o.dedup_key
               FOR UPDATE OF o
            """)
    }

    /// The groups of these incidents, and whatever accepts alerts of these keys.
    func lockGroups(_ incidents: [IncidentID], accepting keys: [CorrelationKey]) async throws -> [OpenGroup] {
        try await tx.all(
            OpenGroup.self,
            """
            SELECT \(fragment: OpenGroup.columns) FROM alerting.open_group g
             WHERE g.incident_id = ANY (\(incidents)::uuid[]) OR (g.is_accepting AND g.correlation_key = ANY (\(keys)::text[]))
             ORDER BY g.incident_id
               FOR UPDATE
            """)
    }
}
