import Contracts
import Foundation
import Postgres
package import WorkQueue

/// What the intake of this process leases for its own delivery workers, by lane.
package struct DeliveryInboxes: Sendable {
    /// Names this process in the rows it holds.
    package let worker: String
    private let mail = LeasedInbox<DeliveryStore.Claimed>()
    private let web = LeasedInbox<DeliveryStore.Claimed>()

    package init(worker: String) {
        self.worker = worker
    }

    package subscript(lane: DeliveryLane) -> LeasedInbox<DeliveryStore.Claimed> {
        switch lane {
        case .mail: mail
        case .web: web
        }
    }
}

extension DeliveryStore {
    /// Claims what `transaction` has just queued, for those workers of this process that are idle.
    func lease(_ queued: [DeliveryLane: [DeliveryID]], for inboxes: DeliveryInboxes, in transaction: PostgresTransaction, now: Date) {
        for (lane, ids) in queued {
            guard let place = inboxes[lane].place(), ids.count <= place.room else { continue }
            let condition: SQL = "t.id = ANY(\(ids)) AND \(fragment: PagingReleaseStore.holds.isLifted)"
            queue.claim(later: transaction, where: condition, now: now, limit: place.room, worker: inboxes.worker) { rows in
                // One that cannot be read is not worth the others' promise: its lease runs out, and the worker's claim says what is wrong.
                place.keep(rows.compactMap { try? loaded($0) })
            }
            transaction.afterCommit { place.hand() }
        }
    }
}
