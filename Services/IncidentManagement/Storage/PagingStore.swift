package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// The hold on paging as people see and lift it.
package struct PagingStore: Sendable {
    package static let holds = PagingHolds(schema: "incident")
    /// Incidents whose timeline tells of a release: what a statement writes well within its time-out. The audit has the release of all.
    private static let recordLimit = 10_000

    private let lane: PostgresLane
    private let outbox: Outbox
    private let signals: any SignalBus

    package init(_ lane: PostgresLane, outbox: Outbox, signals: any SignalBus) {
        self.lane = lane
        self.outbox = outbox
        self.signals = signals
    }

    package func status(at now: Date) async throws -> PagingStatus {
        try await status(lane, at: now)
    }

    /// Lifts the hold, here at once and in Notification by the outbox, with a line of the audit and one of each waiting incident's timeline.
    ///
    /// Without a hold the last release is told to Notification again, so that a release it could not take is repeated by repeating the request.
    /// - Returns: the status afterwards, and whether a hold stood until now.
    package func release(by origin: AuditOrigin) async throws -> (status: PagingStatus, released: Bool) {
        try await lane.transaction { transaction in
            let hold = try await Self.holds.latest(transaction)
            guard let hold else { return (try await status(transaction, at: origin.at), false) }
            let released = try await Self.holds.release(hold.id, by: origin.actor, at: origin.at, in: transaction)
            if released {
                try await AuditStore(transaction).append(
                    AuditEntry(origin, "paging.release", "paging_hold:\(hold.id)", before: hold.audited))
                try await record(hold, by: origin, in: transaction)
                transaction.afterCommit { signals.ring(SignalChannel.escalation) }
            }
            let message = PagingReleased(
                holdID: hold.id, releasedBy: hold.releasedBy ?? origin.actor, releasedAt: hold.releasedAt ?? origin.at)
            outbox.add([try .pagingReleased(message)], in: transaction, now: origin.at)
            return (try await status(transaction, at: origin.at), released)
        }
    }

    private func record(_ hold: PagingHold, by origin: AuditOrigin, in transaction: PostgresTransaction) async throws {
        let details = ["reason": hold.reason.rawValue, "held_since": hold.heldAt.rfc3339]
        try await transaction.execute(
            """
            INSERT INTO incident.timeline_entry (incident_id, at, kind, actor, details)
            SELECT id, \(origin.at), \(TimelineKind.pagingHeld), \(origin.actor), \(try JSONText.encoding(details))
              FROM incident.incident
             WHERE status = 'open' AND deleted_at IS NULL AND next_step_at <= \(origin.at)
             ORDER BY next_step_at LIMIT \(unsafeSQL: String(Self.recordLimit))
            """)
    }

    private func status(_ session: any PostgresSession, at now: Date) async throws -> PagingStatus {
        let hold = try await Self.holds.latest(session)
        let due = try await session.value(
            Int.self,
            "SELECT count(*) FROM incident.incident WHERE status = 'open' AND deleted_at IS NULL AND next_step_at <= \(now)")
        return PagingStatus(
            held: hold?.stands ?? false, holdID: hold?.id, reason: hold?.reason, heldSince: hold?.heldAt, releasedAt: hold?.releasedAt,
            releasedBy: hold?.releasedBy, incidentsDue: due)
    }
}

extension PagingHold {
    fileprivate var audited: JSONValue {
        .object([.init("reason", .string(reason.rawValue)), .init("held_since", .string(heldAt.rfc3339))])
    }
}
