package import Contracts
package import Foundation
package import Postgres

/// What must always hold in schema `notification` (reliability §4.6), looked at without the workers' help.
package struct InvariantStore: Sendable {
    private static let limit = 1_000
    private static let repairLimit = 100
    /// Past its expiry a delivery has that long to be put away (I6).
    private static let expiryPatience: TimeInterval = 5
    /// The longest an attempt may be under way (I9): six times the provider's deadline.
    private static let attemptPatience: TimeInterval = 60

    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    package func inspect(at now: Date) async throws -> [InvariantFinding] {
        [
            try await lostDeliveries(at: now),
            try await settledInQueue(),
            try await count(
                "I6",
                """
                SELECT FROM notification.delivery_queue
                WHERE expires_at < \(now - Self.expiryPatience) AND (lease_until IS NULL OR lease_until < \(now - Self.expiryPatience))
                """),
            try await count(
                "I9", "SELECT FROM notification.attempt WHERE state = 'started' AND started_at < \(now - Self.attemptPatience)"),
        ]
    }

    private func count(_ name: String, _ broken: SQL) async throws -> InvariantFinding {
        let count = try await lane.value(
            Int.self, "SELECT count(*) FROM (\(fragment: broken) LIMIT \(unsafeSQL: String(Self.limit))) broken"
        )
        return InvariantFinding(name, violations: count)
    }

    /// I3: a promise that waits for nothing. Its deliveries go back into the queue.
    private func lostDeliveries(at now: Date) async throws -> InvariantFinding {
        let lost = try await lane.query(
            """
            SELECT d.id, d.page_id, d.channel, d.due_at, p.expires_at, p.incident_id, p.epoch, p.recipient_key
            FROM notification.delivery d JOIN notification.page p ON p.id = d.page_id
            WHERE d.state = 'queued' AND NOT EXISTS (SELECT FROM notification.delivery_queue q WHERE q.id = d.id)
            ORDER BY d.id LIMIT \(unsafeSQL: String(Self.repairLimit))
            """
        )
        guard !lost.isEmpty else { return InvariantFinding("I3", violations: 0) }
        let lanes = try lost.map { DeliveryLane(try $0("channel", as: ChannelKind.self)) }
        let repaired = try await lane.execute(
            """
            INSERT INTO notification.delivery_queue (id, page_id, lane, run_at, expires_at, incident_id, epoch, recipient_key)
            SELECT id, page_id, lane, run_at, expires_at, incident_id, epoch, recipient_key
            FROM unnest(\(try lost.map { try $0("id", as: DeliveryID.self) }), \(try lost.map { try $0("page_id", as: PageID.self) }),
                \(lanes)::text[], \(try lost.map { max(now, try $0("due_at", as: Date.self)) }),
                \(try lost.map { try $0("expires_at", as: Date.self) }), \(try lost.map { try $0("incident_id", as: IncidentID?.self) }),
                \(try lost.map { try $0("epoch", as: Int?.self) }), \(try lost.map { try $0("recipient_key", as: String.self) })::text[])
                AS lost (id, page_id, lane, run_at, expires_at, incident_id, epoch, recipient_key)
            ON CONFLICT (id) DO NOTHING
            """
        )
        return InvariantFinding("I3", violations: lost.count, repaired: repaired)
    }

    /// I4: a delivery that is over and still waits would be made again. It leaves the queue.
    private func settledInQueue() async throws -> InvariantFinding {
        let removed = try await lane.execute(
            """
            DELETE FROM notification.delivery_queue q WHERE q.id IN (
                SELECT d.id FROM notification.delivery_queue w JOIN notification.delivery d ON d.id = w.id
                WHERE d.state <> 'queued' ORDER BY d.id LIMIT \(unsafeSQL: String(Self.repairLimit)))
            """
        )
        return InvariantFinding("I4", violations: removed, repaired: removed)
    }
}
