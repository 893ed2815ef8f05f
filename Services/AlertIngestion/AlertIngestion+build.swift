import Auth
import Contracts
import Postgres
import Redis
import ServiceClients
package import ServiceKit
import WorkQueue

/// Puts AlertIngestion together; the only function that knows everything.
///
/// - Parameter gateway: IncidentManagement in a test's hands; nil calls it where `INCIDENTS_URL` says.
package func buildAlertIngestion(_ boot: Bootstrap, incidents gateway: (any IncidentGateway)?) async throws -> Daemon {
    let configuration = try AlertIngestionConfiguration(boot.settings)
    let database = PostgresDatabase(configuration.postgres, metrics: boot.metrics, logger: boot.logger)
    let clock = boot.clock ?? OffsetClock(database, metrics: boot.metrics, logger: boot.logger)
    let schema = AlertIngestionMigrations.schema
    let redis = try boot.redis()
    let signals = boot.signals(database, schema: schema, redis: redis)
    let outbox = Outbox(schema: schema, signals: signals)
    let metrics = AlertIngestionMetrics(boot.metrics)

    let tokens = InternalTokens(secret: configuration.internalSecret, clock: { clock.now })
    let transport = PeerTransport(from: boot.peer, tokens: tokens, logger: boot.logger)
    let client = IncidentClient(PeerClient(transport, to: .incidentManagement, baseURL: configuration.incidentsURL))
    let incidents = gateway ?? client

    let integrations = IntegrationStore(database.api)
    let directory = IntegrationDirectory(IntegrationStore(database.ingest))
    let authenticator = IntegrationAuthenticator(
        directory: directory, clock: clock,
        others: SuiteAuthenticator(
            audience: boot.peer, internalTokens: tokens, issuer: "tocsin", keys: incidents, standing: incidents, clock: { clock.now }))

    let idempotency = IdempotencyStore(schema: schema)
    let accept = AcceptStore(lane: database.ingest, outbox: outbox, idempotency: idempotency)
    let durability = DurabilityWatch(database)
    let batcher = AlertBatcher(metrics: metrics) { batch in
        guard durability.losses.isEmpty else { return batch.map { _ in .failure(IngestOverload(reason: .notDurable)) } }
        return await accept.acceptEach(batch, now: clock.now)
    }
    let groups = GroupStore(lane: database.workers, outbox: outbox)
    let partitions = [TimePartitions.alerts(database.workers), .changes(database.workers)]
    let destination = IncidentDestination(incidents: incidents, groups: groups, metrics: metrics, clock: clock, logger: boot.logger)

    let relays = OutboxRelay.each(
        of: [destination], outbox: outbox, database: database.workers, clock: clock, worker: boot.workerName, metrics: boot.metrics,
        logger: boot.logger)
    let expiry = ExpirySweeper(
        alerts: AlertStore(database.workers), accept: AcceptStore(lane: database.workers, outbox: outbox, idempotency: idempotency))
    var loops = relays.map { boot.loop($0, bell: signals.bell($0.channel), every: .seconds(1), clock: clock) }
    loops.append(boot.loop(durability, every: DurabilityWatch.interval, clock: clock))
    loops.append(boot.loop(GroupUpdateTeller(groups), every: .seconds(1), clock: clock))
    loops.append(boot.loop(expiry, every: .seconds(5), clock: clock))
    loops.append(boot.loop(MutedAlertSweeper(MutedAlerts(database.workers)), every: .seconds(600), clock: clock))
    loops.append(boot.loop(IdempotencySweep(schema: schema, database: database.workers), every: .seconds(600), clock: clock))
    let retention = AlertRetention(alerts: configuration.alertRetention, dead: configuration.deadRetention, database.workers)
    loops.append(boot.loop(RetentionSweep(retention.jobs, metrics: boot.metrics), every: RetentionSweep.interval, clock: clock))

    let upkeep = UpkeepWatch(database.workers, tables: ["alerting.outbox"], metrics: boot.metrics)
    loops.append(boot.loop(upkeep, every: UpkeepWatch.interval, clock: clock))

    let queue = QueueGauges.outbox(
        outbox, destinations: [destination], database: database.workers, clock: clock, metrics: boot.metrics, logger: boot.logger)

    let routes = Routes()
    AlertIntakeController(batcher: batcher, directory: directory, clock: clock, digest: IntegrationKey.digest).addRoutes(to: routes)
    AlertController(alerts: AlertStore(database.api), quarantine: QuarantineStore(db: database.api)).addRoutes(to: routes)
    let changes = ChangeStore(database.api, idempotency: idempotency)
    ChangeController(changes: changes, directory: directory, metrics: metrics, clock: clock).addRoutes(to: routes)
    IntegrationController(store: integrations, directory: directory, clock: clock).addRoutes(to: routes)
    IncidentGroupController(groups: groups, metrics: metrics, clock: clock).addRoutes(to: routes)
    AcceptedGroupController(groups: AcceptedGroupStore(database.workers, groups: groups), clock: clock).addRoutes(to: routes)

    return try boot.daemon(
        routes: routes, document: APIDocument(EmbeddedText.openapi), authenticator: authenticator,
        health: [.postgres(database), queue.health] + redis.health,
        services: [transport, database] + redis.services + [signals, batcher], workers: loops, clock: clock
    ) {
        try await Migrator(database, schema: schema, AlertIngestionMigrations.all).run()
        for table in partitions { _ = try await table.makeAhead(now: clock.now) }
        _ = try await durability.tick(now: clock.now)
    }
}

/// AlertIngestion with its real neighbours.
package func buildAlertIngestion(_ boot: Bootstrap) async throws -> Daemon {
    try await buildAlertIngestion(boot, incidents: nil)
}
