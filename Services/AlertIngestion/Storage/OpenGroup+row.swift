import Contracts
import Foundation
package import Postgres

extension OpenGroup: RowDecodable {
    static let columns: SQL = """
        g.incident_id, g.correlation_key, g.is_accepting, g.group_seq, g.alert_count, g.firing_count, g.severity, g.opened_at,
        g.last_alert_at, g.latest_alert_id, g.update_due_at
        """

    package init(row: PostgresRow) throws {
        self.init(
            incidentID: try row("incident_id"),
            correlationKey: try row("correlation_key"),
            isAccepting: try row("is_accepting"),
            groupSeq: try row("group_seq"),
            alertCount: try row("alert_count"),
            firingCount: try row("firing_count"),
            severity: try row("severity"),
            openedAt: try row("opened_at"),
            lastAlertAt: try row("last_alert_at"),
            latestAlertID: try row("latest_alert_id"),
            updateDueAt: try row("update_due_at")
        )
    }
}
