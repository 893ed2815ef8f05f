package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// What must always hold in schema `incident` (reliability §4.6), looked at without the engine's help.
package struct InvariantStore: Sendable {
    /// Rows counted and mended in one pass: enough to see that something is wrong, few enough to stay quick on a large table.
    private static let limit = 1_000
    private static let repairLimit = 100
    /// A timer is overdue after that (I2), an outbox row too old (I7).
    private static let patience: TimeInterval = 10
    /// Past its life a page has five more minutes for its outcome to arrive (I3).
    private static let outcomePatience = PageMessage.lifetime + 5 * 60
    /// Past the lock time-out no attempt may have begun for a dead page (I5).
    private static let lockTimeout: TimeInterval = 1
    /// Past its expiry a row has that long to be put away (I6).
    private static let expiryPatience: TimeInterval = 5

    private let lane: PostgresLane
    private let outbox: Outbox
    private let signals: any SignalBus

    package init(_ lane: PostgresLane, outbox: Outbox, signals: any SignalBus) {
        self.lane = lane
        self.outbox = outbox
        self.signals = signals
    }

    package func inspect(at now: Date) async throws -> [InvariantFinding] {
        let silent = try await silentIncidents(at: now)
        let lost = try await lostPages(at: now)
        return [
            silent,
            try await count(
                "I2",
                """
                SELECT FROM incident.incident WHERE next_step_at < \(now - Self.patience) AND status = 'open' AND deleted_at IS NULL
                  AND \(fragment: PagingStore.holds.isLifted)
                """),
            lost,
            try await count(
                "I5",
                """
                SELECT FROM incident.permit p JOIN incident.incident i ON i.id = p.incident_id
                WHERE i.status <> 'open' AND p.granted_at > coalesce(i.resolved_at, i.acknowledged_at) + \(Self.lockTimeout) * interval '1 s'
                """),
            try await count("I6", "SELECT FROM incident.outbox WHERE expires_at < \(now - Self.expiryPatience)"),
            try await count("I7", "SELECT FROM incident.outbox WHERE created_at < \(now - Self.patience)"),
        ]
    }

    private func count(_ name: String, _ broken: SQL) async throws -> InvariantFinding {
        let count = try await lane.value(
            Int.self, "SELECT count(*) FROM (\(fragment: broken) LIMIT \(unsafeSQL: String(Self.limit))) broken"
        )
        return InvariantFinding(name, violations: count)
    }

    /// I1: an open incident without a timer would stay silent for ever. Its policy begins anew.
    private func silentIncidents(at now: Date) async throws -> InvariantFinding {
        try await lane.transaction { transaction in
            let ids = try await transaction.values(
                IncidentID.self,
                """
                SELECT id FROM incident.incident WHERE status = 'open' AND deleted_at IS NULL AND next_step_at IS NULL
                ORDER BY id LIMIT \(unsafeSQL: String(Self.repairLimit))
                """
            )
            guard !ids.isEmpty else { return InvariantFinding("I1", violations: 0) }
            let store = IncidentStore(transaction)
            var effects = IncidentEffects()
            var repaired = 0
            for var incident in try await store.lock(ids).values.sorted(by: { $0.id < $1.id }) where incident.isSilent {
                if incident.escalation.policy.steps.isEmpty { incident.escalation.policy = .standard }
                incident.escalation.restart(at: now)
                incident.version += 1
                incident.updatedAt = now
                try await store.save(incident)
                try await store.savePolicy(of: incident)
                effects.record(
                    TimelineEntry(
                        incidentID: incident.id, at: now, kind: .escalationRestarted, actor: "auditor", details: ["reason": "no_timer"]))
                try effects.add([.raiseEpoch(reason: .superseded)], of: incident, by: "auditor", at: now)
                repaired += 1
            }
            try effects.commit(in: transaction, outbox: outbox, now: now)
            if repaired > 0 { transaction.afterCommit { signals.ring(SignalChannel.escalation) } }
            return InvariantFinding("I1", violations: ids.count, repaired: repaired)
        }
    }

    /// I3: a page whose outcome never came. It counts as expired, so that the next level is paged.
    private func lostPages(at now: Date) async throws -> InvariantFinding {
        let rows = try await lane.query(
            """
            SELECT id, incident_id, epoch FROM incident.page WHERE status = 'pending' AND created_at < \(now - Self.outcomePatience)
            ORDER BY created_at LIMIT \(unsafeSQL: String(Self.repairLimit))
            """
        )
        guard !rows.isEmpty else { return InvariantFinding("I3", violations: 0) }
        let outcomes = try rows.map { row in
            PageOutcome(
                pageID: try row("id"), incidentID: try row("incident_id"), epoch: try row("epoch"), result: .expired, channel: nil,
                reason: "outcome_lost", at: now
            )
        }
        try await PageOutcomeStore(lane, signals: signals).take(outcomes, at: now)
        return InvariantFinding("I3", violations: rows.count, repaired: rows.count)
    }
}

extension Incident {
    /// Open, and nothing will ever happen to it by itself.
    fileprivate var isSilent: Bool { status == .open && !isDeleted && escalation.nextStepAt == nil }
}
