import Contracts
import Logging
import ServiceClients
import ServiceKit
import WorkQueue

/// The parts of hand-off notices: who reckons them, and who takes them and those of shift requests away.
struct Handoffs: Sendable {
    let store: HandoffStore
    private let worker: HandoffWorker
    private let destination: NoticeDestination

    init(
        _ store: HandoffStore, schedules: ScheduleStore, accounts: AccountDirectory, notifications: PeerClient, clock: any Clock,
        logger: Logger
    ) {
        self.store = store
        worker = HandoffWorker(store: store, schedules: schedules, accounts: accounts, logger: logger)
        destination = NoticeDestination(client: NotificationClient(notifications), accounts: accounts, clock: clock)
    }

    /// Nobody waits for a notice as for a page, so its relay only polls and needs no bell between replicas.
    func loops(_ boot: Bootstrap, _ clock: any Clock) -> [WorkerLoop] {
        let relays = OutboxRelay.each(
            of: [destination], outbox: store.outbox, database: store.lane, clock: clock, worker: boot.workerName, metrics: boot.metrics,
            logger: boot.logger)
        return [boot.loop(worker, every: HandoffWorker.interval, clock: clock)]
            + relays.map { boot.loop($0, every: HandoffWorker.interval, clock: clock) }
    }

    func gauges(_ boot: Bootstrap, _ clock: any Clock) -> QueueGauges {
        .outbox(
            store.outbox, destinations: [destination], database: store.lane, clock: clock, metrics: boot.metrics, logger: boot.logger)
    }
}
