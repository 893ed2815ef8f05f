import Auth
import Contracts
import Postgres
import Redis
import ServiceClients
package import ServiceKit
import WorkQueue

/// Puts Notification together; the only function that knows everything.
///
/// - Parameters:
///   - gateway: IncidentManagement in a test's hands; nil calls it where `INCIDENTS_URL` says.
///   - replacements: take the place of the configured channels of their kinds; for tests.
package func buildNotification(
    _ boot: Bootstrap, incidents gateway: (any IncidentGateway)? = nil, channels replacements: [any Channel] = []
) async throws -> Daemon {
    let configuration = try NotificationConfiguration(boot.settings)
    let schema = NotificationMigrations.schema
    let database = PostgresDatabase(configuration.postgres, metrics: boot.metrics, logger: boot.logger)
    let clock = boot.clock ?? OffsetClock(database, metrics: boot.metrics, logger: boot.logger)
    let redis = try boot.redis()
    let signals = boot.signals(database, schema: schema, redis: redis)
    let outbox = Outbox(schema: schema, signals: signals)
    let ring: @Sendable (DeliveryLane) -> Void = { signals.ring($0.channel) }

    let tokens = InternalTokens(secret: configuration.internalSecret, clock: { clock.now })
    let transport = PeerTransport(from: boot.peer, tokens: tokens, logger: boot.logger)
    let incidents = gateway ?? IncidentClient(PeerClient(transport, to: .incidentManagement, baseURL: configuration.incidents))
    let authenticator = SuiteAuthenticator(
        audience: boot.peer, internalTokens: tokens, issuer: "tocsin", keys: incidents, standing: incidents, clock: { clock.now })

    let channels = NotificationChannels(configuration, clock: clock, logger: boot.logger)
    let metrics = NotificationMetrics(boot.metrics)
    let inboxes = DeliveryInboxes(worker: boot.workerName)
    let deliveries = DeliveryLane.allCases.map { lane in
        let counters = QueueCounters(queue: "delivery", lane: lane.rawValue, metrics: boot.metrics)
        let tools = DeliveryWorker.Tools(
            store: DeliveryStore(database.workers, outbox: outbox, keys: configuration.keys, counters: counters),
            channels: channels.directory(replacing: replacements),
            permits: incidents, clock: clock, metrics: metrics, logger: boot.logger)
        let bell = signals.bell(lane.channel)
        let slots = lane == .mail ? configuration.mailConnections : DeliveryWorker.slots
        let worker = DeliveryWorker(
            lane, slots: slots, tools: tools, identity: boot.workerName, bell: bell, inbox: inboxes[lane], ring: ring)
        return boot.loop(worker, bell: bell, every: .seconds(1), clock: clock)
    }
    let outcomes = [OutcomeDestination(incidents)]
    let outboxGauges = QueueGauges.outbox(
        outbox, destinations: outcomes, database: database.workers, clock: clock, metrics: boot.metrics, logger: boot.logger)
    let deliveryGauges = QueueGauges(
        queue: "delivery", table: DeliveryStore.table(), lanes: DeliveryLane.allCases.map { ($0.rawValue, "t.lane = \($0)") },
        database: database.workers, clock: clock, metrics: boot.metrics, logger: boot.logger)
    let relays = OutboxRelay.each(
        of: outcomes, outbox: outbox, database: database.workers, clock: clock, worker: boot.workerName,
        metrics: boot.metrics, logger: boot.logger
    ).map { boot.loop($0, bell: signals.bell($0.channel), every: .seconds(1), clock: clock) }
    let holds = PagingHoldWatch(PagingReleaseStore.holds, database: database.workers, metrics: boot.metrics, logger: boot.logger)
    let secrets = ContactSecretStore(database.workers)
    let secretKeys = SecretKeyWatch(secrets, keys: configuration.keys, metrics: boot.metrics)
    let resealer = boot.loop(SecretResealer(secrets, keys: configuration.keys, logger: boot.logger), every: .seconds(600), clock: clock)
    let retention = NotificationRetention(
        notifications: configuration.retention, dead: configuration.deadRetention, database.workers)
    let retentionSweep = boot.loop(
        RetentionSweep(retention.jobs, metrics: boot.metrics), every: RetentionSweep.interval, clock: clock)
    let upkeep = UpkeepWatch(
        database.workers, tables: ["notification.outbox", "notification.delivery_queue"], metrics: boot.metrics)
    let upkeepLoop = boot.loop(upkeep, every: UpkeepWatch.interval, clock: clock)
    let sweep = boot.loop(IdempotencySweep(schema: schema, database: database.workers), every: .seconds(600), clock: clock)

    let routes = Routes()
    let pages = PageStore(
        database.ingest, outbox: outbox, deliveries: DeliveryStore(database.workers, outbox: outbox, keys: configuration.keys),
        inboxes: inboxes)
    PageController(pages: pages, clock: clock, ring: ring).addRoutes(to: routes)
    let directory = RecipientDirectory(incidents: incidents)
    NotifyController(pages: pages, directory: directory, egress: configuration.egress, clock: clock, ring: ring).addRoutes(to: routes)
    NotificationController(notifications: NotificationStore(database.api), clock: clock, ring: ring).addRoutes(to: routes)
    ContactMethodController(
        methods: ContactMethodStore(database.api), keys: configuration.keys, egress: configuration.egress, clock: clock
    ).addRoutes(to: routes)
    PagingReleaseController(store: PagingReleaseStore(database.api), clock: clock, logger: boot.logger, ring: ring).addRoutes(to: routes)
    InvariantController(invariants: InvariantStore(database.workers), clock: clock).addRoutes(to: routes)
    NotificationRuleController(rules: NotificationRuleStore(database.api), clock: clock).addRoutes(to: routes)

    return try boot.daemon(
        routes: routes, document: APIDocument(EmbeddedText.openapi), authenticator: authenticator,
        health: [.postgres(database), channels.health, outboxGauges.health, deliveryGauges.health, holds.health, secretKeys.health]
            + redis.health,
        services: [transport, database] + redis.services + [signals] + channels.services,
        workers: deliveries + relays + [sweep, resealer, retentionSweep, upkeepLoop],
        clock: clock,
        prepare: {
            try await Migrator(database, schema: schema, NotificationMigrations.all).run()
            _ = try await TimePartitions.attempts(database.workers).makeAhead(now: clock.now)
            try await secretKeys.check()
            try await holds.announce()
        }
    )
}
