import AlertIngestion
import Contracts
import Foundation
import IncidentManagement
import Logging
import Notification
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing
import WebUI

/// The whole suite in one process: two replicas of every daemon on one database, a real mail server, and a clock that the story moves.
///
/// Workers run only when the story calls ``settle()``, both copies at the same time.
struct TocsinSystem: Sendable {
    let clock: ManualClock
    let mail: SMTPReceiver
    let log: LogRecorder
    let database: TestDatabase
    /// Where the story has one.
    let redis: RedisServer?
    let urls: [Peer: String]
    let workers: [any Worker]
    /// Of one replica of each daemon.
    let routes: [Peer: [RegisteredRoute]]
    let token: String
    let ingestKey: String

    static let migrations = [
        (schema: "alerting", AlertIngestionMigrations.all), (schema: "incident", IncidentMigrations.all),
        (schema: "oncall", OnCallMigrations.all), (schema: "notification", NotificationMigrations.all),
    ]

    /// Runs a story, with Redis when it says so or when `TOCSIN_TEST_REDIS` is `true`; afterwards any error-level log line fails it.
    /// - Parameter channels: stand in for those of their kinds, where no real receiver can be had.
    static func run(
        redis: Bool = ProcessInfo.processInfo.environment["TOCSIN_TEST_REDIS"] == "true", channels: [any Channel] = [],
        sourceLocation: SourceLocation = #_sourceLocation, _ story: @Sendable (TocsinSystem) async throws -> Void
    ) async throws {
        guard redis else { return try await run(over: nil, channels, sourceLocation, story) }
        try await withRedis(sourceLocation: sourceLocation) { try await run(over: $0, channels, sourceLocation, story) }
    }

    private static func run(
        over redis: RedisServer?, _ channels: [any Channel], _ sourceLocation: SourceLocation,
        _ story: @Sendable (TocsinSystem) async throws -> Void
    ) async throws {
        try await withDatabase(migrations: migrations) { database in
            let mail = try await SMTPReceiver.start()
            defer { mail.stop() }
            let assembly = try Assembly(database: database, mail: mail, redis: redis, channels: channels)
            try await assembly.run { tocsin in
                try await story(tocsin)
                let errors = tocsin.log.errors
                #expect(errors.isEmpty, "error-level log lines: \(errors)", sourceLocation: sourceLocation)
            }
        }
    }

    // MARK: Time

    /// Lets both copies of every worker tick until none finds anything to do.
    /// - Parameter idle: the beginning of the names of workers that do not tick, as while their daemon is away.
    func settle(without idle: String? = nil) async throws {
        let workers = workers.filter { worker in idle.map { !worker.name.hasPrefix($0) } ?? true }
        for _ in 0..<Self.passLimit {
            let now = clock.now
            let handled = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in workers { group.addTask { try await worker.tick(now: now).handled } }
                return try await group.reduce(0, +)
            }
            if handled == 0 { return }
        }
        Issue.record("the workers do not come to rest")
    }

    private static let passLimit = 200

    func advance(minutes: Int) async throws {
        clock.advance(by: .seconds(minutes * 60))
        try await settle()
    }

    // MARK: Requests

    func send(
        _ method: String, _ peer: Peer, _ path: String, bearer: String? = nil, headers: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPCall {
        try await HTTPCall.send(method, (urls[peer] ?? "") + path, bearer: bearer, headers: headers, body: body)
    }

    /// Posts an alert in the native body; the suite must accept it.
    @discardableResult
    func alert(_ service: String, severity: String = "critical", message: String = "p99 above 2 s", team: String? = nil) async throws
        -> JSONValue
    {
        let labels = team.map { #","labels":{"team":"\#($0)"}"# } ?? ""
        let answer = try await send(
            "POST", .alertIngestion, "/api/v1/alerts", bearer: ingestKey,
            body: #"{"service":"\#(service)","severity":"\#(severity)","message":"\#(message)"\#(labels)}"#
        )
        #expect(answer.status == 201, "\(answer.body)")
        return try answer.json
    }

    /// The admin, signed in at the pages.
    func browser() async throws -> Browser {
        try await Browser(urls[.webUI] ?? "", user: Self.admin, password: Self.password)
    }

    func incident(_ id: String) async throws -> JSONValue {
        try await send("GET", .incidentManagement, "/api/v1/incidents/\(id)", bearer: token).json
    }

    func act(_ transition: String, on id: String) async throws -> HTTPCall {
        try await send("PATCH", .incidentManagement, "/api/v1/incidents/\(id)/\(transition)", bearer: token)
    }

    func timeline(_ id: String) async throws -> [String] {
        let answer = try await send("GET", .incidentManagement, "/api/v1/incidents/\(id)/timeline", bearer: token)
        return try answer.json.array?.compactMap { $0["kind"]?.string } ?? []
    }

    /// Puts people on call for a team, first primary, then secondary.
    func schedule(_ team: String, primary: String, secondary: String) async throws {
        let answer = try await send(
            "POST", .onCall, "/api/v1/schedules", bearer: token,
            body: """
                {"team":"\(team)","rotation_type":"weekly","members":[
                {"name":"\(primary)","email":"\(primary)@example.org","role":"primary"},
                {"name":"\(secondary)","email":"\(secondary)@example.org","role":"secondary"}]}
                """
        )
        #expect(answer.status == 201, "\(answer.body)")
    }

    /// To whom mails went so far, in order of their arrival.
    func mailed() throws -> [String] {
        try mail.mails().flatMap(\.rcptTo)
    }

    static let admin = "admin@example.org"
    static let password = "correct horse battery staple"
}
