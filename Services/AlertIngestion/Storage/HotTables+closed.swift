import Contracts
import Foundation
import Postgres

/// Groups whose incident a person ended.
extension HotTables {
    private static let columns: SQL = """
        incident_id, correlation_key, is_accepting, group_seq, alert_count, firing_count, severity, opened_at, last_alert_at, latest_alert_id,
        update_due_at
        """

    /// Puts a locked group away, with the next statement or COMMIT.
    func retire(_ incident: IncidentID, at now: Date) {
        tx.later(
            """
            WITH closed AS (DELETE FROM alerting.open_group WHERE incident_id = \(incident) RETURNING \(fragment: Self.columns))
            INSERT INTO alerting.closed_group (\(fragment: Self.columns), closed_at) SELECT \(fragment: Self.columns), \(now) FROM closed
            """)
    }

    func lockClosedGroup(_ incident: IncidentID) async throws -> OpenGroup? {
        try await tx.first(
            OpenGroup.self, "SELECT \(fragment: Self.columns) FROM alerting.closed_group WHERE incident_id = \(incident) FOR UPDATE")
    }

    /// Opens a locked closed group again; it accepts new alerts only where no other group of its key does by now.
    func restore(_ group: OpenGroup) async throws {
        tx.later("DELETE FROM alerting.closed_group WHERE incident_id = \(group.incidentID)")
        if group.isAccepting, try await insertUnlessTaken(group) { return }
        var group = group
        group.isAccepting = false
        insert([group])
    }

    private func insertUnlessTaken(_ group: OpenGroup) async throws -> Bool {
        try await tx.execute("\(fragment: insertion(of: [group])) ON CONFLICT (correlation_key) WHERE is_accepting DO NOTHING") == 1
    }
}
