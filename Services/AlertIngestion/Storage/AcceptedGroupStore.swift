package import Contracts
package import Foundation
package import Postgres

/// What must hold between what was accepted here and what IncidentManagement has (reliability §4.6, I8).
package struct AcceptedGroupStore: Sendable {
    /// What was opened that long ago and waits for nothing has been told.
    private static let patience: TimeInterval = 10

    private let lane: PostgresLane
    private let groups: GroupStore

    package init(_ lane: PostgresLane, groups: GroupStore) {
        self.lane = lane
        self.groups = groups
    }

    package func accepted(at now: Date) async throws -> AcceptedGroups {
        let incidents = try await lane.values(
            IncidentID.self,
            """
            SELECT g.incident_id FROM alerting.open_group g
             WHERE g.opened_at < \(now - Self.patience)
               AND NOT EXISTS (SELECT FROM alerting.outbox o
                                WHERE o.destination = \(Peer.incidentManagement) AND o.ordering_key = g.incident_id::text)
             ORDER BY g.incident_id DESC LIMIT \(unsafeSQL: "\(AcceptedGroups.limit)")
            """)
        let orphans = try await lane.value(
            Int.self,
            """
            SELECT count(*) FROM (
              SELECT FROM alerting.open_alert o
               WHERE o.muted_at IS NULL AND NOT EXISTS (SELECT FROM alerting.open_group g WHERE g.incident_id = o.incident_id)
               LIMIT \(unsafeSQL: "\(AcceptedGroups.limit)")) orphan
            """)
        return AcceptedGroups(incidents: incidents, orphans: orphans)
    }

    /// Lets the alerts of incidents that nobody has open others.
    ///
    /// Those whose news IncidentManagement refused stay as they are: it would refuse them again, and `outbox_dead` shows them.
    /// - Returns: how many groups were opened anew.
    package func reopen(_ lost: [IncidentID], at now: Date) async throws -> Int {
        var reopened = 0
        for incident in lost where try await !isRefused(incident) {
            if try await groups.close(lost: incident, now: now) == .closedAndReopened { reopened += 1 }
        }
        return reopened
    }

    private func isRefused(_ incident: IncidentID) async throws -> Bool {
        try await lane.value(
            Bool.self, "SELECT EXISTS (SELECT FROM alerting.outbox_dead WHERE ordering_key = \(incident.description))")
    }
}
