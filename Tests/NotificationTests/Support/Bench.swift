import Auth
import Contracts
import Foundation
import Logging
import Notification
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// A database of this daemon with a clock that stands still, and what tests look at.
struct Bench: Sendable {
    let database: PostgresDatabase
    let clock: ManualClock
    let bus = LocalSignalBus()
    let metrics = PrometheusMetricsFactory()

    var pages: PageStore { PageStore(database.ingest, outbox: outbox) }
    var deliveries: DeliveryStore { deliveries(keys: Self.keys) }
    static let keys = SealingKeyRing(current: Secret("bench-key-4f9d2c1b7a6e5d8c-4f9d2c1b7a6e5d8c"))
    var notifications: NotificationStore { NotificationStore(database.api) }
    var methods: ContactMethodStore { ContactMethodStore(database.api) }
    var rules: NotificationRuleStore { NotificationRuleStore(database.api) }
    var now: Date { clock.now }
    private var outbox: Outbox { Outbox(schema: NotificationMigrations.schema, signals: bus) }

    /// An intake that leases for the workers of its own process.
    func pages(leasingFor inboxes: DeliveryInboxes) -> PageStore {
        PageStore(database.ingest, outbox: outbox, deliveries: deliveries, inboxes: inboxes)
    }

    func deliveries(keys: SealingKeyRing) -> DeliveryStore { DeliveryStore(database.workers, outbox: outbox, keys: keys) }

    static func run(_ body: (Bench) async throws -> Void) async throws {
        try await withDatabase(migrations: [(NotificationMigrations.schema, NotificationMigrations.all)]) { test in
            try await body(Bench(database: test.database(schema: NotificationMigrations.schema), clock: ManualClock(Samples.now)))
        }
    }

    /// A worker of the lane with these parts.
    func worker(
        _ lane: DeliveryLane = .mail, channels: [any Channel], permits: any PermitSource = RecordingPermits(),
        stopwatch: any Stopwatch = ManualStopwatch(), slots: Int = DeliveryWorker.slots, identity: String = "worker-1",
        keys: SealingKeyRing = Bench.keys, inbox: LeasedInbox<DeliveryStore.Claimed> = LeasedInbox(), clock: (any Clock)? = nil
    ) -> DeliveryWorker {
        let tools = DeliveryWorker.Tools(
            store: deliveries(keys: keys), channels: ChannelDirectory(channels), permits: permits, stopwatch: stopwatch,
            clock: clock ?? self.clock, metrics: NotificationMetrics(metrics), logger: .quiet, chance: { 0.5 })
        return DeliveryWorker(lane, slots: slots, tools: tools, identity: identity, bell: Doorbell(), inbox: inbox, ring: { _ in })
    }

    /// What ticks a worker in a daemon.
    func loop(_ worker: DeliveryWorker) -> WorkerLoop {
        WorkerLoop(worker, bell: Doorbell(), every: .seconds(3600), clock: clock, metrics: metrics, logger: .quiet)
    }

    /// Adds a webhook with a signing secret.
    func add(_ method: ContactMethod) async throws -> Bool {
        try await methods.add(method, secret: try Self.keys.seal(StandardWebhook.makeSecret(), for: .secret(of: method.id)))
    }

    @discardableResult
    func accept(_ pages: NewPage...) async throws -> PageStore.Acceptance {
        try await self.pages.accept(pages, now: now)
    }

    func state(of page: NewPage) async throws -> String {
        let record = try await notifications.find(page.message.pageID)
        return record.map { $0.state.rawValue + ($0.reason.map { " " + $0 } ?? "") } ?? "unknown"
    }

    func attempts(of page: NewPage) async throws -> [String] {
        try await notifications.attempts(of: page.message.pageID).map { "\($0.permit) \($0.state)" + ($0.reason.map { " " + $0 } ?? "") }
    }

    /// The outcomes on their way, oldest first.
    func outcomes() async throws -> [PageOutcome] {
        try await database.api.values(String.self, "SELECT body FROM notification.outbox ORDER BY id")
            .map { try WireJSON.decode(PageOutcome.self, fromText: $0) }
    }

    func queued() async throws -> Int {
        try await database.api.value(Int.self, "SELECT count(*) FROM notification.delivery_queue")
    }

    /// Has the server answer the ends of deliveries that often as one does that is shut down for a failover.
    func refuseToSettle(times: Int) async throws {
        try await database.api.execute("CREATE SEQUENCE notification.refusal")
        try await database.api.execute(
            """
            CREATE FUNCTION notification.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('notification.refusal') <= \(unsafeSQL: "\(times)") THEN
                    RAISE EXCEPTION 'going away' USING ERRCODE = 'admin_shutdown';
                END IF;
                RETURN NEW;
            END $$
            """)
        try await database.api.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON notification.delivery FOR EACH ROW EXECUTE FUNCTION notification.refuse()")
    }

    /// Pretends that a worker claimed a delivery and died: it holds the lease until that runs out.
    @discardableResult
    func claimAndDie(_ lane: DeliveryLane = .mail) async throws -> [DeliveryStore.Claimed] {
        let batch = try await deliveries.claim(lane, now: now, limit: 16, worker: "dead")
        return batch.claimed + batch.poisoned
    }
}
