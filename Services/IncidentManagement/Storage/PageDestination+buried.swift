import Contracts
import Foundation
package import Postgres
import ServiceKit
package import WorkQueue

extension PageDestination {
    /// A page that Notification will never take has failed: its step counts as such, so that the next level does not wait for its time.
    package func buried(_ item: OutboxItem, reason: BurialReason, in tx: PostgresTransaction) async throws {
        // Of one that cannot be read nobody knows the incident; the auditor finds its page without an outcome.
        guard let page = try? WireJSON.decode(PageMessage.self, fromText: item.body), let incident = page.incidentID, let epoch = page.epoch
        else { return }
        let now = clock.now
        let outcome = PageOutcome(
            pageID: page.pageID, incidentID: incident, epoch: epoch, result: reason == .expired ? .expired : .exhausted, channel: nil,
            reason: "not_taken", at: now)
        try await outcomes.take([outcome], in: tx, at: now)
    }
}
