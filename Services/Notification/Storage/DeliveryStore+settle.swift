package import Contracts
package import Foundation
import Postgres
import WorkQueue

/// The end of an attempt, as its row keeps it.
package struct AttemptEnd: Sendable {
    package let id: AttemptID
    package let result: ChannelResult

    package init(id: AttemptID, result: ChannelResult) {
        self.id = id
        self.result = result
    }

    var providerID: String? {
        if case .accepted(_, let providerID) = result { providerID } else { nil }
    }
}

/// What a settle led to.
package enum SettleResult: Sendable, Hashable {
    /// Another worker has the delivery by now: nothing was written.
    case stale
    /// `lanes` have deliveries that were brought forward.
    case done(lanes: Set<DeliveryLane>)
}

extension DeliveryStore {
    /// Writes what became of a delivery, and of its page with it, in one transaction that only the holder of the lease can make.
    package func settle(
        _ claimed: Claimed, as decision: DeliveryDecision, after attempt: AttemptEnd?, now: Date
    ) async throws -> SettleResult {
        try await database.transaction { transaction in
            guard try await take(claimed.lease, decision, transaction, now: now) else { return .stale }
            if let attempt { try await end(attempt, of: claimed, transaction, now: now) }
            if attempt?.result.reason == .gone { try await disable(claimed.delivery.contactMethod, transaction, now: now) }
            if case .retry = decision {
                return .done(lanes: try await bringForward(claimed, decision, transaction, now: now))
            }
            try await close(claimed, decision, attempt, transaction, now: now)
            if case .sent = decision {
                try await noteSent(claimed, decision, transaction, now: now)
                return .done(lanes: [])
            }
            let lanes = try await bringForward(claimed, decision, transaction, now: now)
            try await conclude(claimed, decision, transaction, now: now)
            return .done(lanes: lanes)
        }
    }

    /// The fence: only the latest claim of the row may write.
    private func take(_ lease: Lease, _ decision: DeliveryDecision, _ transaction: PostgresTransaction, now: Date) async throws -> Bool {
        if case .retry(let date, let reason, _) = decision {
            return try await queue.retry(transaction, lease, at: date, reason: reason.rawValue)
        }
        return try await queue.settle(transaction, [lease]) == 1
    }

    private func end(_ attempt: AttemptEnd, of claimed: Claimed, _ transaction: PostgresTransaction, now: Date) async throws {
        try await transaction.execute(
            """
            UPDATE notification.attempt
               SET state = \(attempt.result.word), reason = \(attempt.result.reason), provider_id = \(attempt.providerID as String?), ended_at = \(now)
             WHERE id = \(attempt.id) AND fence = \(claimed.lease.fence) AND state = 'started'
            """)
    }

    private func close(
        _ claimed: Claimed, _ decision: DeliveryDecision, _ attempt: AttemptEnd?, _ transaction: PostgresTransaction, now: Date
    ) async throws {
        try await transaction.execute(
            """
            WITH doubtful AS (
              UPDATE notification.attempt SET state = 'in_doubt', reason = 'interrupted', ended_at = \(now)
               WHERE delivery_id = \(claimed.delivery.id) AND state = 'started')
            UPDATE notification.delivery
               SET state = \(decision.state), reason = \(decision.reason), provider_id = \(attempt?.providerID as String?), settled_at = \(now)
             WHERE id = \(claimed.delivery.id)
            """)
    }

    private func noteSent(
        _ claimed: Claimed, _ decision: DeliveryDecision, _ transaction: PostgresTransaction, now: Date
    ) async throws {
        let delivery = claimed.delivery
        try await transaction.execute(
            """
            UPDATE notification.page SET state = 'sent', reason = \(decision.reason), channel = \(delivery.channel), settled_at = \(now)
             WHERE id = \(delivery.pageID) AND state = 'pending'
            """)
        guard let incident = delivery.incidentID, let epoch = delivery.epoch else { return }
        let outcome = PageOutcome(
            pageID: delivery.pageID, incidentID: incident, epoch: epoch, result: .sent, channel: delivery.channel, reason: decision.reason,
            at: now)
        try outcomes.add([outcome], in: transaction, now: now)
    }

    /// A method that failed hands over to the page's next ones at once.
    private func bringForward(
        _ claimed: Claimed, _ decision: DeliveryDecision, _ transaction: PostgresTransaction, now: Date
    ) async throws -> Set<DeliveryLane> {
        guard decision.bringsOthersForward else { return [] }
        return Set(
            try await transaction.values(
                DeliveryLane.self,
                """
                UPDATE notification.delivery_queue SET run_at = \(now)
                 WHERE page_id = \(claimed.delivery.pageID) AND id <> \(claimed.delivery.id) AND run_at > \(now) AND attempts = 0
                   AND lease_until IS NULL
                RETURNING lane
                """))
    }

    private func disable(_ method: ContactMethodID?, _ transaction: PostgresTransaction, now: Date) async throws {
        guard let method else { return }
        try await transaction.execute(
            """
            UPDATE notification.contact_method SET disabled_at = \(now), disabled_reason = 'gone'
             WHERE id = \(method) AND disabled_at IS NULL
            """)
    }

    /// Ends the page when this was its last hope. Its row is locked before the deliveries are looked at, so that of two that end at once
    /// the second sees the first.
    private func conclude(_ claimed: Claimed, _ decision: DeliveryDecision, _ transaction: PostgresTransaction, now: Date) async throws {
        let page = claimed.delivery.pageID
        let locked = try await transaction.query(
            "SELECT dead_reason FROM notification.page WHERE id = \(page) AND state = 'pending' FOR UPDATE")
        guard let row = locked.first else { return }
        let dead: String? = try row("dead_reason")
        let states = try await transaction.values(
            DeliveryState.self, "SELECT state FROM notification.delivery WHERE page_id = \(page)")
        guard let conclusion = PageState.conclusion(of: states) else { return }
        let state = dead == nil ? conclusion : .cancelled
        let settled = try await transaction.one(
            SettledPage.self,
            """
            UPDATE notification.page SET state = \(state), reason = \(dead ?? decision.reason), settled_at = \(now) WHERE id = \(page)
            RETURNING id, incident_id, epoch, state, reason
            """)
        let outcome = settled.outcome(channel: claimed.delivery.channel, at: now)
        try outcomes.add(outcome.map { [$0] } ?? [], in: transaction, now: now)
    }
}
