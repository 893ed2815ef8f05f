import Contracts
package import Foundation
import Postgres
import WorkQueue

extension GroupStore {
    /// Groups whose news one call tells: a transaction of a few milliseconds.
    static let updateBatch = 100

    /// Writes one `update` event for each group whose merged news is due, unless an event of its incident still waits in the outbox: so a storm
    /// leaves one pending row per incident, with the counts of the moment it was written.
    ///
    /// The OR, whose first half is never true, makes the planner look each group up in the outbox instead of comparing every row with every group.
    /// - Returns: how many were written.
    package func tellUpdates(now: Date) async throws -> Int {
        let due = try await lane.values(
            IncidentID.self,
            """
            SELECT g.incident_id FROM alerting.open_group g
             WHERE g.update_due_at <= \(now) AND (g.firing_count < 0 OR NOT EXISTS (
               SELECT FROM alerting.outbox o WHERE o.destination = \(Peer.incidentManagement) AND o.ordering_key = g.incident_id::text))
             ORDER BY g.update_due_at LIMIT \(unsafeSQL: "\(Self.updateBatch)")
            """)
        guard !due.isEmpty else { return 0 }
        return try await lane.transaction { tx in
            let hot = HotTables(tx: tx)
            // Another replica may have told one of them while we waited for its lock: then nothing is due any more.
            let groups = try await hot.lockGroups(due).filter { group in group.updateDueAt.map { $0 <= now } ?? false }
            let summaries = try await hot.summaries(of: groups)
            let told = groups.map { group in
                var group = group
                group.groupSeq += 1
                group.updateDueAt = nil
                return group
            }
            let joined = try await hot.joined(told)
            hot.update(told)
            let messages = try told.map { group in
                try OutboxMessage(
                    event: AlertEventMessage(
                        eventID: .make(at: now), incidentID: group.incidentID, groupSeq: group.groupSeq, kind: .update,
                        joined: joined[group.incidentID],
                        alert: summaries[group.incidentID] ?? .nameless(group)))
            }
            outbox.add(messages, in: tx, now: now)
            return told.count
        }
    }
}
