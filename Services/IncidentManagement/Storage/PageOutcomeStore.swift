package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Takes in what became of pages, and has the next level paged at once when all of a step's pages failed, see ``Escalation/haste``.
package struct PageOutcomeStore: Sendable {
    private let lane: PostgresLane
    private let signals: any SignalBus

    package init(_ lane: PostgresLane, signals: any SignalBus) {
        self.lane = lane
        self.signals = signals
    }

    /// Settles the pages that are still pending; an outcome told twice changes nothing.
    package func take(_ outcomes: [PageOutcome], at now: Date) async throws {
        guard !outcomes.isEmpty else { return }
        try await lane.transaction { try await take(outcomes, in: $0, at: now) }
    }

    /// The same within a transaction that holds no incident yet.
    func take(_ outcomes: [PageOutcome], in transaction: PostgresTransaction, at now: Date) async throws {
        let ids = Set(outcomes.map(\.incidentID)).sorted()
        // The incidents' locks come first and in id order, as everywhere, so that outcomes and acknowledges cannot deadlock.
        let incidents = try await IncidentStore(transaction).lock(ids)
        let settled = try await settle(outcomes.newestPerPage, in: transaction)
        guard !settled.isEmpty else { return }
        try await raiseStatus(of: settled, in: transaction)
        let advanced = try await advance(settled, of: incidents, in: transaction, at: now)
        try TimelineStore.add(settled.map(TimelineEntry.init(outcome:)), in: transaction)
        if advanced { transaction.afterCommit { signals.ring(SignalChannel.escalation) } }
    }

    private func settle(_ outcomes: [PageOutcome], in transaction: PostgresTransaction) async throws -> [PageOutcome] {
        let rows = try await transaction.query(
            """
            WITH told AS (
                SELECT * FROM unnest(\(outcomes.map(\.pageID)), \(outcomes.map(\.result)), \(outcomes.map(\.at))) AS o (id, result, at)
            ), finished AS (
                DELETE FROM incident.permit USING told WHERE permit.page_id = told.id
            )
            UPDATE incident.page SET status = told.result, settled_at = told.at FROM told
            WHERE page.id = told.id AND page.status = 'pending' RETURNING page.id
            """
        )
        let settled = Set(try rows.map { try $0("id", as: PageID.self) })
        return outcomes.filter { settled.contains($0.pageID) }
    }

    /// `sent` once any page was accepted, `failed` when none is pending and none was.
    private func raiseStatus(of outcomes: [PageOutcome], in transaction: PostgresTransaction) async throws {
        let ids = Set(outcomes.map(\.incidentID)).sorted()
        try await transaction.execute(
            """
            UPDATE incident.incident i SET notification_status = CASE WHEN p.sent THEN 'sent' WHEN p.pending THEN 'pending' ELSE 'failed' END
            FROM (SELECT incident_id, bool_or(status = 'sent') AS sent, bool_or(status = 'pending') AS pending
                FROM incident.page WHERE incident_id = ANY(\(ids)) GROUP BY incident_id) p
            WHERE i.id = p.incident_id AND i.notification_status <> 'sent'
            """
        )
    }

    /// A firing of the place after the last step was the fallback already: what becomes of that brings nothing forward.
    private func advance(
        _ outcomes: [PageOutcome], of incidents: [IncidentID: Incident], in transaction: PostgresTransaction, at now: Date
    ) async throws -> Bool {
        let failed = outcomes.filter { $0.result == .exhausted || $0.result == .expired }
        let hasty = failed.compactMap { outcome in incidents[outcome.incidentID]?.escalation.haste.map { (outcome.pageID, $0) } }
        guard !hasty.isEmpty else { return false }
        let steps: [Int?] = hasty.map { if case .fallback(let step) = $0.1 { step } else { nil } }
        let moved = try await transaction.execute(
            """
            UPDATE incident.incident i SET next_step_at = \(now), step = coalesce(hasty.step, i.step), lease_until = NULL, crashes = 0
            FROM unnest(\(hasty.map(\.0)), \(steps)) AS hasty (page_id, step)
            JOIN incident.page p ON p.id = hasty.page_id JOIN incident.firing f ON f.id = p.firing_id
            WHERE i.id = p.incident_id AND i.firing_id = p.firing_id AND i.epoch = p.epoch AND f.step < i.step
                AND i.status = 'open' AND i.deleted_at IS NULL AND i.next_step_at > \(now)
                AND NOT EXISTS (
                    SELECT FROM incident.page other JOIN incident.firing o ON o.id = other.firing_id
                    WHERE o.incident_id = i.id AND o.epoch = i.epoch AND o.round = i.round AND other.status IN ('pending', 'sent')
                        AND (o.id = f.id OR hasty.step IS NOT NULL))
            """
        )
        return moved > 0
    }
}

extension [PageOutcome] {
    /// A batch may tell of one page twice; the last word counts, in page order.
    fileprivate var newestPerPage: [PageOutcome] {
        Dictionary(map { ($0.pageID, $0) }) { _, last in last }.values.sorted { $0.pageID < $1.pageID }
    }
}

extension TimelineEntry {
    fileprivate init(outcome: PageOutcome) {
        let kind: TimelineKind =
            switch outcome.result {
            case .sent: .notifySent
            case .exhausted, .expired: .notifyFailed
            case .cancelled: .notifyCancelled
            }
        var details = ["page_id": outcome.pageID.description, "reason": outcome.reason, "result": outcome.result.rawValue]
        details["channel"] = outcome.channel?.rawValue
        self.init(incidentID: outcome.incidentID, at: outcome.at, kind: kind, actor: Peer.notification.rawValue, details: details)
    }
}
