import Contracts
import Foundation
import IncidentManagement
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// The stores and the engine of IncidentManagement on a database of one test; OnCall's answers are the test's.
struct IncidentRig: Sendable {
    let database: PostgresDatabase
    let administrator: PostgresDatabase
    let outbox = Outbox(schema: "incident")
    let signals = LocalSignalBus()
    let answers: @Sendable (EscalateQuestion) async throws -> EscalateAnswer
    var directory = FixedDirectory()

    static func run(
        answers: @escaping @Sendable (EscalateQuestion) async throws -> EscalateAnswer = { $0.answered([.carol]) },
        _ body: @Sendable (IncidentRig) async throws -> Void
    ) async throws {
        try await withDatabase(migrations: [(schema: "incident", IncidentMigrations.all)]) { test in
            try await body(
                IncidentRig(database: test.database(schema: "incident"), administrator: test.administrator(), answers: answers)
            )
        }
    }

    var incidents: IncidentStore { IncidentStore(database.api) }
    var actions: IncidentActions { IncidentActions(database.api, outbox: outbox, signals: signals) }
    var intake: AlertEventIntake { AlertEventIntake(database.ingest, outbox: outbox, signals: signals) }
    var escalations: EscalationStore { EscalationStore(database.workers, outbox: outbox) }
    var permits: PermitStore { PermitStore(database.workers) }
    var outcomes: PageOutcomeStore { PageOutcomeStore(database.workers, signals: signals) }

    /// One copy of the engine; each has its own name, like another replica.
    ///
    /// - Parameter inbox: where an intake of the same process puts what it leased for it.
    func engine(
        _ name: String = "engine", asking ask: RecipientResolver.Ask? = nil, finding people: (any RecipientDirectory)? = nil,
        inbox: EngineInbox? = nil
    ) -> EscalationWorker {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let resolver = RecipientResolver(
            ask: ask ?? answers, answers: OnCallAnswerStore(database.workers), directory: people ?? directory, fallback: .admins,
            logger: logger
        )
        return EscalationWorker(
            store: escalations,
            decider: StepDecider(
                store: escalations, resolver: resolver, turns: RoundRobinStore(database.workers), publicURL: "http://tocsin.example"
            ),
            inbox: inbox ?? EngineInbox(worker: name), metrics: IncidentMetrics(PrometheusMetricsFactory()), logger: logger
        )
    }

    /// Opens incidents as AlertIngestion would.
    @discardableResult
    func open(_ count: Int, at now: Date = .example) async throws -> [IncidentID] {
        let events = (0..<count).map { _ in AlertEventMessage.example(.make(at: now)) }
        for start in stride(from: 0, to: count, by: AlertEventBatch.limit) {
            _ = try await intake.take(Array(events[start..<min(start + AlertEventBatch.limit, count)]), at: now)
        }
        return events.map(\.incidentID)
    }

    /// Ticks until nothing is due any more.
    func settle(_ engines: [EscalationWorker], at now: Date) async throws {
        while try await engines.concurrently({ try await $0.tick(now: now).handled }).contains(where: { $0 > 0 }) {}
    }

    func apply(_ event: IncidentEvent, to id: IncidentID, by actor: String = "bob", at now: Date) async throws -> Incident {
        var change = IncidentActions.Change()
        change.events = { _ in [event] }
        return try await actions.make(change, to: .id(id), by: actor, at: now).incident
    }

    var origin: AuditOrigin { AuditOrigin(actor: "root", requestID: nil, remoteAddress: nil, at: .example) }

    /// Stores a policy as an admin would.
    @discardableResult
    func policy(_ body: String) async throws -> StoredPolicy {
        let draft = try PolicyDraft(try JSONGate.parse(body.utf8))
        return try await PolicyEditor(database.api).create(draft, origin: origin)
    }

    func count(_ sql: SQL) async throws -> Int {
        try await administrator.api.value(Int.self, sql)
    }

    func pages() async throws -> [PageMessage] {
        let rows = try await administrator.api.query(
            "SELECT body FROM incident.outbox WHERE destination = 'notification.pages' ORDER BY id")
        return try rows.map { try WireJSON.decode(PageMessage.self, fromText: try $0("body")) }
    }

    func timeline(_ id: IncidentID) async throws -> [TimelineKind] {
        try await TimelineStore(database.api).entries(of: id).map(\.entry.kind)
    }
}

struct FixedDirectory: RecipientDirectory {
    var zones: [UserID: String] = [:]

    func admins() async throws -> [Recipient] { [.root] }
    func recipient(_ user: UserID) async throws -> Recipient? { nil }
    func members(of team: String) async throws -> [Recipient] { [.carol, .dave] }

    /// Whoever has an address can be reached.
    func assignees(_ handles: [String]) async throws -> [Recipient] {
        handles.map { Recipient(userID: nil, name: $0, email: $0.contains("@") ? $0 : "", role: "assignee", reason: "assigned") }
    }

    func timeZones(of users: [UserID]) async throws -> [UserID: String] { zones.filter { users.contains($0.key) } }
}

extension Recipient {
    static let carol = Recipient(userID: nil, name: "Carol", email: "carol@example.org", role: "primary", reason: "rotation")
    static let dave = Recipient(userID: nil, name: "Dave", email: "dave@example.org", role: "secondary", reason: "rotation")
    static let root = Recipient(userID: nil, name: "Root", email: "root@example.org", role: "admin", reason: "admin")
}

extension EscalateQuestion {
    func answered(_ recipients: [Recipient]) -> EscalateAnswer {
        EscalateAnswer(recipients: recipients, scheduleVersion: 1, validUntil: at + 3600)
    }
}

extension Array where Element: Sendable {
    func concurrently<Result: Sendable>(_ body: @escaping @Sendable (Element) async throws -> Result) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            for element in self { group.addTask { try await body(element) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
