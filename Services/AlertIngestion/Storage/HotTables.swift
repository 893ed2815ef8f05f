import Contracts
import Foundation
import Postgres

/// The rows a batch may touch, locked in one order: open alerts by key, then groups by incident. Whoever locks both does it in this order.
struct HotTables {
    let tx: PostgresTransaction

    /// Makes this transaction's plans independent of how full the tables were when they were made: idle for an hour they hold a page, and a
    /// cached sequential scan would be poison in the storm that follows.
    func preferIndexes() async throws {
        try await tx.execute(
            """
            SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
                   set_config('enable_mergejoin', 'off', true)
            """)
    }

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
