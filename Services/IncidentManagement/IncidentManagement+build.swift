import Auth
import Contracts
import Foundation
import Logging
package import Postgres
import Redis
import ServiceClients
package import ServiceKit
import ServiceLifecycle
import WorkQueue

/// Puts IncidentManagement together; the only function that knows everything.
package func buildIncidentManagement(_ boot: Bootstrap) async throws -> Daemon {
    let configuration = try IncidentConfiguration(boot.settings)
    let database = PostgresDatabase(configuration.postgres, metrics: boot.metrics, logger: boot.logger)
    let clock = boot.clock ?? OffsetClock(database, metrics: boot.metrics, logger: boot.logger)
    let redis = try boot.redis()
    let signals = boot.signals(database, schema: "incident", redis: redis)
    let outbox = Outbox(schema: "incident", signals: signals)
    let outcomes = PageOutcomeStore(database.workers, signals: signals)
    let neighbours = Neighbours(configuration, outcomes: outcomes, clock: clock, logger: boot.logger)
    let metrics = IncidentMetrics(boot.metrics)
    let identity = try Identity(database: database, settings: boot.settings, clock: clock, metrics: boot.metrics, logger: boot.logger)

    // The engine looks people up on the workers' own connections: a slow report must not keep a page waiting.
    func resolver(on lane: PostgresLane) -> RecipientResolver {
        RecipientResolver(
            ask: neighbours.askOnCall, answers: OnCallAnswerStore(lane), directory: UserDirectory(lane), fallback: configuration.fallback,
            logger: boot.logger
        )
    }
    let timers = EscalationStore(database.workers, outbox: outbox)
    let engine = EngineInbox(worker: boot.workerName)
    let escalation = EscalationWorker(
        store: timers,
        decider: StepDecider(
            store: timers, resolver: resolver(on: database.workers), turns: RoundRobinStore(database.workers),
            publicURL: configuration.publicURL
        ),
        inbox: engine, metrics: metrics, logger: boot.logger
    )
    let relays = OutboxRelay.each(
        of: neighbours.destinations, outbox: outbox, database: database.workers, clock: clock, worker: boot.workerName,
        metrics: boot.metrics, logger: boot.logger
    )
    var loops = [boot.loop(escalation, bell: signals.bell(SignalChannel.escalation), every: EscalationWorker.interval, clock: clock)]
    loops += relays.map { boot.loop($0, bell: signals.bell($0.channel), every: .seconds(1), clock: clock) }
    loops += identity.workers.map { boot.loop($0, every: .seconds(300), clock: clock) }
    loops.append(boot.loop(PermitSweep(store: PermitStore(database.workers)), every: .seconds(60), clock: clock))
    loops.append(boot.loop(IdempotencySweep(schema: "incident", database: database.workers), every: .seconds(600), clock: clock))

    let retention = IncidentRetention(
        incidents: configuration.incidentRetention, audit: configuration.auditRetention, dead: configuration.deadRetention, database.workers
    )
    loops.append(boot.loop(RetentionSweep(retention.jobs, metrics: boot.metrics), every: RetentionSweep.interval, clock: clock))
    let invariants = InvariantStore(database.workers, outbox: outbox, signals: signals)
    let acceptedAlerts = AcceptedAlertAudit(
        accepted: { try await neighbours.alerts.acceptedGroups() }, reopen: { try await neighbours.alerts.lost($0) },
        incidents: IncidentStore(database.workers))
    let auditor = InvariantAuditor(
        [
            ("incident", { try await invariants.inspect(at: $0) }),
            ("notification", { _ in try await neighbours.auditNotification().items }),
            ("alert-ingestion", { _ in [try await acceptedAlerts.inspect()] }),
        ],
        invariants: (1...9).map { "I\($0)" }, heartbeat: configuration.heartbeat(logger: boot.logger), metrics: boot.metrics,
        logger: boot.logger
    )
    loops.append(boot.loop(auditor, every: InvariantAuditor.interval, clock: clock))
    let upkeep = UpkeepWatch(database.workers, tables: ["incident.outbox", "incident.incident"], metrics: boot.metrics)
    loops.append(boot.loop(upkeep, every: UpkeepWatch.interval, clock: clock))

    let outboxGauges = QueueGauges.outbox(
        outbox, destinations: neighbours.destinations, database: database.workers, clock: clock, metrics: boot.metrics, logger: boot.logger)
    let escalationGauges = QueueGauges(
        queue: "escalation", table: EscalationStore.due, database: database.workers, clock: clock, metrics: boot.metrics,
        logger: boot.logger)

    let routes = Routes()
    identity.addRoutes(to: routes)
    let lists = IncidentLists(IncidentStore(database.api), cache: boot.pageCache(redis), metrics: boot.metrics)
    IncidentController(database, lists: lists, outbox: outbox, signals: signals, metrics: metrics, clock: clock).addRoutes(to: routes)
    PolicyController(policies: PolicyEditor(database.api), clock: clock).addRoutes(to: routes)
    SimulationController(
        policies: PolicyStore(database.api), editor: PolicyEditor(database.api), services: ServiceStore(database.api),
        whatIf: WhatIf(resolver: resolver(on: database.api), turns: RoundRobinStore(database.api), preview: neighbours.previewPages),
        clock: clock
    ).addRoutes(to: routes)
    StatsController(stats: StatsStore(database.api), incidents: IncidentStore(database.api), clock: clock).addRoutes(to: routes)
    InternalController(
        intake: AlertEventIntake(database.ingest, outbox: outbox, signals: signals, engine: engine),
        permits: PermitStore(database.workers),
        outcomes: outcomes,
        orders: EscalationOrders(database.api, outbox: outbox, publicURL: configuration.publicURL), metrics: metrics, clock: clock
    ).addRoutes(to: routes)
    PagingController(
        store: PagingStore(database.api, outbox: outbox, signals: signals), clock: clock, logger: boot.logger
    ).addRoutes(to: routes)
    let policies = PolicyGauge(PolicyStore(database.workers), metrics: boot.metrics)
    IncidentGauges(stats: StatsStore(database.workers)).add(to: boot.metrics)
    let holds = PagingHoldWatch(PagingStore.holds, database: database.workers, metrics: boot.metrics, logger: boot.logger)

    let migrator = Migrator(database, schema: "incident", IncidentMigrations.all)
    return try boot.daemon(
        routes: routes, document: APIDocument(EmbeddedText.openapi), authenticator: identity.authenticator,
        health: [
            .postgres(database), HealthCheck(configuration.fallback), policies.health, outboxGauges.health, escalationGauges.health,
            holds.health,
        ]
            + redis.health,
        services: [neighbours.transport, database] + redis.services + [signals], workers: loops, clock: clock
    ) {
        try await migrator.run()
        _ = try await TimePartitions.audit(database.workers).makeAhead(now: clock.now)
        try await identity.prepare()
        try await holds.announce()
    }
}

/// The daemons this one speaks to.
private struct Neighbours: Sendable {
    let transport: PeerTransport
    let askOnCall: RecipientResolver.Ask
    let previewPages: WhatIf.Preview
    let auditNotification: @Sendable () async throws -> InvariantReport
    let alerts: AlertClient
    let destinations: [any OutboxDestination]

    init(_ configuration: IncidentConfiguration, outcomes: PageOutcomeStore, clock: any Clock, logger: Logger) {
        transport = PeerTransport(
            from: .incidentManagement, tokens: InternalTokens(secret: configuration.internalSecret, clock: { clock.now }), logger: logger
        )
        let onCall = OnCallClient(PeerClient(transport, to: .onCall, baseURL: configuration.onCallURL))
        askOnCall = { try await onCall.escalate($0) }
        let notifications = NotificationClient(PeerClient(transport, to: .notification, baseURL: configuration.notificationsURL))
        previewPages = { try await notifications.previews(PageBatch(items: $0)).items }
        auditNotification = { try await notifications.invariants() }
        alerts = AlertClient(PeerClient(transport, to: .alertIngestion, baseURL: configuration.alertsURL))
        destinations = [
            PageDestination(notifications, outcomes: outcomes, clock: clock), EpochDestination(client: notifications),
            GroupDestination(client: alerts), PagingReleaseDestination(client: notifications),
        ]
    }
}

/// The migrations of schema `incident`, in order.
package enum IncidentMigrations {
    package static let all = [
        Migration(file: "V0001_create_incident.sql", bytes: PackageResources.V0001_create_incident_sql),
        Migration(file: "V0002_create_identity.sql", bytes: PackageResources.V0002_create_identity_sql),
        Migration(file: "V0003_escalation_policies.sql", bytes: PackageResources.V0003_escalation_policies_sql),
        Migration(file: "V0004_index_invariants.sql", bytes: PackageResources.V0004_index_invariants_sql),
        Migration(file: "V0005_hold_paging.sql", bytes: PackageResources.V0005_hold_paging_sql),
        Migration(file: "V0006_partition_audit.sql", bytes: PackageResources.V0006_partition_audit_sql),
        Migration(file: "V0007_stamp_incident_list.sql", bytes: PackageResources.V0007_stamp_incident_list_sql),
        Migration(file: "V0008_find_timers_by_state.sql", bytes: PackageResources.V0008_find_timers_by_state_sql),
        Migration(file: "V0009_remember_told_severity.sql", bytes: PackageResources.V0009_remember_told_severity_sql),
        Migration(file: "V0010_serve_lists_by_index.sql", bytes: PackageResources.V0010_serve_lists_by_index_sql),
        Migration(file: "V0011_index_permit_age.sql", bytes: PackageResources.V0011_index_permit_age_sql),
        Migration(file: "V0012_keep_trace.sql", bytes: PackageResources.V0012_keep_trace_sql),
    ]
}

extension IncidentController {
    fileprivate init(
        _ database: PostgresDatabase, lists: IncidentLists, outbox: Outbox, signals: any SignalBus, metrics: IncidentMetrics,
        clock: any Clock
    ) {
        self.init(
            store: IncidentStore(database.api), lists: lists, actions: IncidentActions(database.api, outbox: outbox, signals: signals),
            timeline: TimelineStore(database.api), policies: PolicyStore(database.api), services: ServiceStore(database.api),
            firings: FiringStore(database.api),
            barrier: AttemptBarrier(permits: PermitStore(database.api)), metrics: metrics, clock: clock
        )
    }
}

extension Bootstrap {
    /// Shared between replicas where there is Redis, else this process's own.
    fileprivate func pageCache(_ redis: RedisClient?) -> any PageCache {
        let edition = "\(ServiceVersion.current)+\(settings.string("TOCSIN_REVISION", default: "unknown"))"
        return redis.map { RedisPageCache($0, edition: edition) } ?? LocalPageCache()
    }
}

extension HealthCheck {
    /// Without a contact of its own the last resort is all admins, who may be asleep: said, and no reason to leave the rotation.
    fileprivate init(_ fallback: FallbackContact) {
        self.init("fallback_contact", affectsReadiness: false) {
            fallback == .admins ? .degraded("FALLBACK_CONTACT is not set: the last resort is all admins") : .ok
        }
    }
}
