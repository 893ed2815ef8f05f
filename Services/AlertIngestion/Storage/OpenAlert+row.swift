import Contracts
import Foundation
package import Postgres

extension OpenAlert: RowDecodable {
    static let columns: SQL = """
        o.integration_id, o.dedup_key, o.alert_id, o.incident_id, o.severity, o.first_seen_at, o.last_seen_at, o.starts_at, o.expires_at,
        o.report_count, o.told_by_seq, o.muted_at
        """

    package init(row: PostgresRow) throws {
        self.init(
            key: AlertKey(integrationID: try row("integration_id"), dedupKey: try row("dedup_key")),
            alertID: try row("alert_id"),
            incidentID: try row("incident_id"),
            severity: try row("severity"),
            firstSeenAt: try row("first_seen_at"),
            lastSeenAt: try row("last_seen_at"),
            startsAt: try row("starts_at"),
            expiresAt: try row("expires_at"),
            count: try row("report_count"),
            toldBySeq: try row("told_by_seq"),
            mutedAt: try row("muted_at")
        )
    }
}
