package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Groups after their opening: closing them from outside, and telling the merged news of them.
package struct GroupStore: Sendable {
    let lane: PostgresLane
    let outbox: Outbox

    package init(lane: PostgresLane, outbox: Outbox) {
        self.lane = lane
        self.outbox = outbox
    }

    /// Closes the group of an incident that a person ended.
    ///
    /// - Parameter told: the last event the incident had taken in; nil where its end does not say, then whatever left the outbox counts.
    package func close(_ incident: IncidentID, toldUpTo told: Int? = nil, now: Date) async throws -> CloseDecision {
        try await close(incident, after: told.map(Told.events(upTo:)) ?? .everythingSent, now: now)
    }

    /// Closes the group of an incident that was ended before it took the event `groupSeq` in.
    package func close(_ incident: IncidentID, refusing groupSeq: Int, now: Date) async throws -> CloseDecision {
        try await close(incident, after: .events(upTo: groupSeq - 1), now: now)
    }

    /// Closes the group of an incident that is not there: all of its alerts open another.
    package func close(lost incident: IncidentID, now: Date) async throws -> CloseDecision {
        try await close(incident, after: .nothing, now: now)
    }

    /// What IncidentManagement had taken in when the incident ended.
    private enum Told {
        case everythingSent
        case events(upTo: Int)
        case nothing
    }

    private func close(_ incident: IncidentID, after news: Told, now: Date) async throws -> CloseDecision {
        try await lane.transaction { tx in
            let hot = HotTables(tx: tx)
            _ = try await hot.lockAlerts(of: incident)
            guard let group = try await hot.lockGroups([incident]).first else { return .notOpen }
            // An end or a refusal from before the incident was reopened says nothing of the group that goes on since.
            if case .events(let last) = news, last < AlertEventMessage.seriesStart(of: group.groupSeq) { return .notOpen }
            // Alerts may have joined before the group's lock was ours; none can now.
            let alerts = try await hot.lockAlerts(of: incident)
            let told =
                switch news {
                case .everythingSent: try await lastTold(of: group, in: tx)
                case .events(let last): last
                case .nothing: 0
                }
            let closing = GroupClosing(group, alerts: alerts, toldUpTo: told, at: now)
            hot.retire(incident, at: now)
            hot.update((closing.muted + closing.moved).sorted { $0.key < $1.key })
            guard let successor = closing.successor else { return .closed }
            try await open(successor, with: closing.moved, in: hot, now: now)
            return .closedAndReopened
        }
    }

    /// Opens the group of an incident again that a person ended and took back: what still fires counts again, so that monitoring can resolve it.
    package func reopen(_ message: IncidentReopened, now: Date) async throws -> ReopenDecision {
        try await lane.transaction { tx in
            let hot = HotTables(tx: tx)
            let alerts = try await hot.lockAlerts(of: message.incidentID)
            guard let closed = try await hot.lockClosedGroup(message.incidentID), closed.groupSeq < message.groupSeq else {
                return .notClosed
            }
            guard let reopening = GroupReopening(closed, alerts: alerts, groupSeq: message.groupSeq) else { return .nothingFires }
            try await hot.restore(reopening.group)
            hot.update(reopening.alerts.sorted { $0.key < $1.key })
            return .reopened
        }
    }

    /// The last event of the group's series that is not waiting in the outbox any more.
    private func lastTold(of group: OpenGroup, in tx: PostgresTransaction) async throws -> Int {
        let waiting = try await tx.value(
            Int?.self,
            """
            SELECT min((body::jsonb ->> 'group_seq')::bigint) FROM alerting.outbox
             WHERE destination = \(Peer.incidentManagement) AND ordering_key = \(group.incidentID.description)
               AND (body::jsonb ->> 'group_seq')::bigint > \(AlertEventMessage.seriesStart(of: group.groupSeq))
            """)
        return waiting.map { $0 - 1 } ?? group.groupSeq
    }

    private func open(_ group: OpenGroup, with alerts: [OpenAlert], in hot: HotTables, now: Date) async throws {
        hot.insert([group])
        AlertArchive(tx: hot.tx).move(alerts.map(\.alertID), to: group.incidentID)
        let summaries = try await hot.summaries(of: [group])
        let message = AlertEventMessage(
            eventID: .make(at: now), incidentID: group.incidentID, groupSeq: group.groupSeq, kind: .open, joined: group.firingCount,
            alert: summaries[group.incidentID] ?? .nameless(group))
        outbox.add([try OutboxMessage(event: message)], in: hot.tx, now: now)
    }
}
