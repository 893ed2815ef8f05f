import Foundation
import ServiceKit
package import WorkQueue

/// Incidents that the intake of this process leased for its engine as they opened: their first step fires without a claim.
package struct EngineInbox: Sendable {
    /// Names this process in the rows it holds.
    package let worker: String
    package let rows = LeasedInbox<EscalationStore.Due>()

    package init(worker: String) {
        self.worker = worker
    }

    /// The wish to have the timers of new incidents, as an engine's claim would.
    func lease(_ incidents: some Sequence<Incident>, at now: Date) -> TimerLease {
        TimerLease(incidents: Set(incidents.map(\.id)), until: now + EscalationStore.lease.inSeconds, worker: worker)
    }
}
