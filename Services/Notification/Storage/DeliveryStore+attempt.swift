package import Contracts
package import Foundation
import Postgres
package import WorkQueue

/// An attempt as it is written down before the provider is called.
package struct NewAttempt: Sendable {
    package let id: AttemptID
    package let permit: PermitStanding
    /// The attempt this one takes the place of: its permit went stale before the call.
    package let replacing: AttemptID?
    package let worker: String

    package init(id: AttemptID, permit: PermitStanding, replacing: AttemptID? = nil, worker: String) {
        self.id = id
        self.permit = permit
        self.replacing = replacing
        self.worker = worker
    }
}

extension PermitStanding {
    var word: String {
        switch self {
        case .notNeeded: "not_needed"
        case .granted: "granted"
        case .unanswered: "unanswered"
        }
    }
}

extension DeliveryStore {
    /// Writes the attempt down, if the lease is held with enough time left and nothing is known against the delivery.
    ///
    /// Attempts of the same delivery that never ended are in doubt from now on: their worker is gone.
    /// - Returns: false when the provider must not be called; ``find(_:)`` may say why.
    package func begin(_ attempt: NewAttempt, under lease: Lease, now: Date) async throws -> Bool {
        let leaseEnd = now.addingTimeInterval(Self.leaseNeeded / .seconds(1))
        let begun = try await database.execute(
            """
            WITH held AS MATERIALIZED (
              SELECT queued.id, queued.fence, queued.attempts
                FROM notification.delivery_queue queued
               WHERE \(fragment: queue.holds(lease)) AND queued.lease_until >= \(leaseEnd) AND queued.expires_at > \(now)
                 FOR UPDATE),
            wanted AS (
              SELECT held.id, held.fence, held.attempts
                FROM held
                JOIN notification.delivery_queue queued ON queued.id = held.id
                JOIN notification.page ON page.id = queued.page_id
                LEFT JOIN notification.incident_epoch heard ON heard.incident_id = queued.incident_id
               WHERE page.dead_reason IS NULL AND (queued.epoch IS NULL OR heard.epoch IS NULL OR heard.epoch <= queued.epoch)),
            ended AS (
              UPDATE notification.attempt
                 SET state = CASE WHEN attempt.id = \(attempt.replacing) THEN 'abandoned' ELSE 'in_doubt' END,
                     reason = CASE WHEN attempt.id = \(attempt.replacing) THEN 'permit_stale' ELSE 'interrupted' END, ended_at = \(now)
                FROM wanted WHERE attempt.delivery_id = wanted.id AND attempt.state = 'started')
            INSERT INTO notification.attempt (id, delivery_id, number, fence, worker, permit, state, started_at)
            SELECT \(attempt.id), wanted.id, wanted.attempts, wanted.fence, \(attempt.worker), \(attempt.permit.word), 'started', \(now)
              FROM wanted
            """)
        return begun == 1
    }
}
