import Auth
import Contracts
import Foundation
import Postgres
import ServiceClients
package import ServiceKit
import WorkQueue

/// Puts Notification together.
///
/// - Parameter channels: take the place of the configured ones of the same kind; for tests.
package func buildNotification(_ boot: Bootstrap, channels: [any Channel] = []) async throws -> Daemon {
    let configuration = try NotificationConfiguration(boot.settings)
    let database = PostgresDatabase(configuration.postgres, metrics: boot.metrics, logger: boot.logger)
    let offsetClock = boot.clock == nil ? OffsetClock(database, metrics: boot.metrics, logger: boot.logger) : nil
    let clock: any Clock = boot.clock ?? offsetClock ?? SystemClock()
    let signals = PostgresSignalBus(database, schema: NotificationMigrations.schema, logger: boot.logger)
    let tokens = InternalTokens(secret: configuration.internalSecret, clock: { clock.now })
    let transport = PeerTransport(from: boot.peer, tokens: tokens, logger: boot.logger)
    let incidents = IncidentClient(PeerClient(transport, to: .incidentManagement, baseURL: configuration.incidents))
    let providers = NotificationChannels(configuration, clock: clock, logger: boot.logger)
    let identity = "\(boot.peer.rawValue):\(ProcessInfo.processInfo.processIdentifier):\(UUID().uuidString.prefix(8))"

    let outbox = Outbox(schema: NotificationMigrations.schema, signals: signals)
    let ring: @Sendable (DeliveryLane) -> Void = { signals.ring("delivery.\($0.rawValue)") }
    let routes = Routes()
    let pages = PageStore(database.ingest, outbox: outbox)
    let methods = ContactMethodStore(database.api)
    PageController(pages: pages, clock: clock, ring: ring).addRoutes(to: routes)
    NotifyController(
        pages: pages, methods: methods, directory: RecipientDirectory(client: incidents), egress: configuration.egress, clock: clock,
        ring: ring
    ).addRoutes(to: routes)
    NotificationController(notifications: NotificationStore(database.api), clock: clock, ring: ring).addRoutes(to: routes)
    ContactMethodController(methods: methods, egress: configuration.egress, clock: clock).addRoutes(to: routes)
    NotificationRuleController(rules: NotificationRuleStore(database.api), clock: clock).addRoutes(to: routes)

    let metrics = NotificationMetrics(boot.metrics)
    let loop = { (worker: any Worker, bell: Doorbell) in
        WorkerLoop(worker, bell: bell, every: .seconds(1), clock: clock, metrics: boot.metrics, logger: boot.logger)
    }
    let deliveries = DeliveryLane.allCases.map { lane in
        let bell = signals.bell("delivery.\(lane.rawValue)")
        let counters = QueueCounters(queue: "delivery", lane: lane.rawValue, metrics: boot.metrics)
        let tools = DeliveryWorker.Tools(
            store: DeliveryStore(database.workers, outbox: outbox, counters: counters), channels: providers.directory(replacing: channels),
            permits: IncidentPermits(incidents), clock: clock, metrics: metrics, logger: boot.logger)
        let slots = lane == .mail ? configuration.mailConnections : DeliveryWorker.slots
        return loop(DeliveryWorker(lane, slots: slots, tools: tools, identity: identity, bell: bell, ring: ring), bell)
    }
    let relays = OutboxRelay.each(
        of: [OutcomeDestination(incidents)], outbox: outbox, database: database.workers, clock: clock, worker: identity,
        metrics: boot.metrics, logger: boot.logger
    ).map { loop($0, signals.bell($0.channel)) }

    return try boot.daemon(
        routes: routes,
        authenticator: SuiteAuthenticator(
            audience: boot.peer, internalTokens: tokens, issuer: "tocsin", keys: incidents, standing: incidents, clock: { clock.now }),
        health: [.postgres(database), providers.health],
        services: [database, signals, transport] + providers.services, workers: deliveries + relays, clock: clock,
        prepare: { try await Migrator(database, schema: NotificationMigrations.schema, NotificationMigrations.all).run() }
    )
}
