package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// The hold on everything that leaves the suite, and its end.
package struct PagingReleaseStore: Sendable {
    package static let holds = PagingHolds(schema: NotificationMigrations.schema)

    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Lifts the hold of that id.
    ///
    /// Pages about incidents keep their end: what expired meanwhile is told to the engine, which pages the next level once. What needs no permit is
    /// told by nobody again, so it gets its usual time anew.
    /// - Returns: whether the hold stood until now.
    package func take(_ release: PagingReleased, at now: Date) async throws -> Bool {
        try await lane.transaction { transaction in
            guard try await Self.holds.release(release.holdID, by: release.releasedBy, at: now, in: transaction) else { return false }
            let end = now.addingTimeInterval(NotifyRequest.lifetime)
            try await transaction.execute(
                """
                WITH kept AS (
                  UPDATE notification.delivery_queue SET expires_at = \(end) WHERE epoch IS NULL AND expires_at < \(end) RETURNING page_id)
                UPDATE notification.page SET expires_at = \(end) WHERE id IN (SELECT page_id FROM kept)
                """)
            return true
        }
    }
}
