package import Auth
package import Contracts
import Foundation
import Postgres
import PrometheusMetrics
import ServiceClients
package import ServiceKit
import WorkQueue

/// What OnCall asks IncidentManagement for.
package typealias IncidentPeer = StandingSource & AccessKeySource & AccountSource & EscalationOrderTaker

/// The one place where OnCall's parts meet.
///
/// - Parameters:
///   - incidents: stands in for IncidentManagement in tests; nil calls the real one.
///   - holding: how long replicas hold the answer who is on call now; tests hold it longer than an API call takes.
/// - Throws: `ConfigurationError` naming the key.
package func buildOnCall(_ boot: Bootstrap, incidents: (any IncidentPeer)? = nil, holding: Duration? = nil) async throws -> Daemon {
    let configuration = try OnCallConfiguration(boot.settings)
    let database = PostgresDatabase(configuration.postgres, metrics: boot.metrics, logger: boot.logger)
    let clock: any Clock = boot.clock ?? OffsetClock(database, metrics: boot.metrics, logger: boot.logger)
    let now: @Sendable () -> Date = { clock.now }

    let tokens = InternalTokens(secret: configuration.internalSecret, clock: now)
    let transport = PeerTransport(from: boot.peer, tokens: tokens, logger: boot.logger)
    let client = PeerClient(transport, to: .incidentManagement, baseURL: configuration.incidentsURL)
    let incidents = incidents ?? IncidentClient(client)
    let authenticator = SuiteAuthenticator(
        audience: boot.peer, internalTokens: tokens, issuer: OnCallConfiguration.issuer, keys: incidents, standing: incidents, clock: now
    )

    let metrics = OnCallMetrics(boot.metrics)
    let schedules = ScheduleStore(database.api)
    let escalations = EscalationStore(database.api)
    let accounts = AccountDirectory(incidents, logger: boot.logger)
    let memory = OnCallMemory(schedules)
    let unreadable = UnreadableTeams(boot.logger)
    let desk = EscalationDesk(
        orders: incidents, memory: memory, escalations: escalations, accounts: accounts, unreadable: unreadable, metrics: metrics,
        clock: clock)
    let coverage = Coverage(
        reader: BoardReader(schedules: ScheduleStore(database.workers), notes: unreadable), accounts: accounts, metrics: metrics,
        clock: clock, logger: boot.logger)
    boot.metrics.beforeScrape { await coverage.measure() }

    let outbox = Outbox(schema: OnCallMigrations.schema)
    let handoffs = Handoffs(
        HandoffStore(database.workers, outbox: outbox), schedules: ScheduleStore(database.workers), accounts: accounts,
        notifications: PeerClient(transport, to: .notification, baseURL: configuration.notificationsURL), clock: clock, logger: boot.logger)

    let holding = holding ?? HeldAnswers.length
    let door = CurrentDoor(memory, authenticator: authenticator, metrics: metrics, clock: clock, holding: holding)

    let routes = Routes(confirmation: { try await HeldAnswers.end(after: holding) })
    door.addRoutes(to: routes)
    ScheduleController(schedules: schedules, unreadable: unreadable, clock: clock).addRoutes(to: routes)
    OnCallController(schedules: schedules, memory: memory, metrics: metrics, clock: clock).addRoutes(to: routes)
    CoverageController(schedules: schedules, clock: clock).addRoutes(to: routes)
    LedgerController(
        schedules: schedules, escalations: escalations, absences: TimeOffStore(database.api),
        directory: ResponderDirectory(accounts: accounts), clock: clock
    ).addRoutes(to: routes)
    HandoffController(handoffs: HandoffStore(database.api, outbox: outbox), clock: clock).addRoutes(to: routes)
    OverrideController(overrides: OverrideStore(database.api), clock: clock).addRoutes(to: routes)
    TemporaryScheduleController(temporaries: TemporaryScheduleStore(database.api), clock: clock).addRoutes(to: routes)
    EscalationController(desk: desk, escalations: escalations, clock: clock).addRoutes(to: routes)
    let shifts = ShiftParts(database, accounts, outbox: outbox, address: configuration.calendarURL, unreadable: unreadable, clock: clock)
    shifts.addRoutes(to: routes)
    TeamController(teams: TeamStore(database.api), history: HistoryStore(database.api), clock: clock).addRoutes(to: routes)
    let timeOff = TimeOffParts(boot, configuration, database, accounts, unreadable: unreadable, clock: clock)
    timeOff.addRoutes(to: routes)

    let retention = OnCallRetention(keep: configuration.retention, dead: configuration.deadRetention, database.workers)
    let upkeep = UpkeepWatch(database.workers, tables: ["oncall.outbox"], metrics: boot.metrics)
    let sweeps = [
        boot.loop(RetentionSweep(retention.jobs, metrics: boot.metrics), every: RetentionSweep.interval, clock: clock),
        boot.loop(IdempotencySweep(schema: OnCallMigrations.schema, database: database.workers), every: .seconds(600), clock: clock),
        boot.loop(shifts.sweep, every: ShiftRequestSweep.interval, clock: clock),
        boot.loop(upkeep, every: UpkeepWatch.interval, clock: clock),
    ]

    let migrator = Migrator(database, schema: OnCallMigrations.schema, OnCallMigrations.all)
    return try boot.daemon(
        routes: routes, document: APIDocument(EmbeddedText.openapi), authenticator: authenticator,
        health: [.postgres(database), handoffs.gauges(boot, clock).health],
        services: [database, transport, door], workers: sweeps + [timeOff.worker] + handoffs.loops(boot, clock), clock: clock,
        prepare: { try await migrator.run() }
    )
}

extension IncidentClient: EscalationOrderTaker {
    package func escalate(_ order: EscalationOrder) async throws -> EscalationOrderAnswer {
        try await escalate(order, deadline: PeerClient.deadline)
    }
}

extension IncidentClient: AccountSource {
    /// Well within the two seconds the engine gives us: a page without an account is better than no answer.
    package func users(_ question: RecipientQuestion) async throws -> RecipientAnswer {
        try await users(question, deadline: .milliseconds(700))
    }
}
