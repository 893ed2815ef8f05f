import Contracts
import Foundation
import TestSupport
import Testing

/// Real processes, `kill -9`, and a count: nothing accepted may be lost, every incident pages, and a page is sent twice at most once a kill.
@Suite(.serialized) struct KillTests {
    static let rate = 200
    static let seconds = 20
    static let senders = 64
    /// What the backlog may take to drain on two cores that also run the load, the mail server and a debug build.
    static let drainLimit: Duration = .seconds(240)

    @Test func nothingAcceptedIsLostWhileEveryDaemonAndTheDatabaseAreKilledInTurn() async throws {
        try await ProcessSuite.run { suite in
            try await suite.schedule("chaos", primary: "alice")
            let load = Load(suite: suite, rate: Self.rate, seconds: Self.seconds, senders: Self.senders)
            let kills = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    try await load.run()
                    return 0
                }
                group.addTask { try await Self.killEverybodyInTurn(suite) }
                return try await group.reduce(0, +)
            }
            try await Self.drain(suite, expected: load.accepted.count)
            try await Self.judge(suite, accepted: load.accepted, kills: kills)
        }
    }

    /// One kill every three seconds of the load.
    private static func killEverybodyInTurn(_ suite: ProcessSuite) async throws -> Int {
        let clock = ContinuousClock()
        let began = clock.now
        let victims: [Peer] = [.alertIngestion, .incidentManagement, .onCall, .notification, .webUI]
        for (index, peer) in victims.enumerated() {
            try await clock.sleep(until: began + .seconds(2 + 3 * index))
            let daemon = try suite.daemon(peer)
            daemon.signal(SIGKILL)
            try await daemon.start()
        }
        try await clock.sleep(until: began + .seconds(2 + 3 * victims.count))
        try await suite.cluster.crash()
        try await suite.cluster.startServer()
        return victims.count + 1
    }

    /// - Parameter server: where the data is by now; nil for the suite's own.
    static func drain(_ suite: ProcessSuite, expected: Int, on server: DurableCluster? = nil) async throws {
        let server = server ?? suite.cluster
        let clock = ContinuousClock()
        let deadline = clock.now + drainLimit
        while clock.now < deadline {
            let waiting = try await server.sql(
                """
                SELECT (SELECT count(*) FROM alerting.outbox) + (SELECT count(*) FROM incident.outbox)
                    + (SELECT count(*) FROM notification.outbox) + (SELECT count(*) FROM incident.page WHERE status = 'pending')
                    + (SELECT count(*) FROM incident.incident WHERE next_step_at <= now())
                """
            )
            let incidents = try await server.sql("SELECT count(*) FROM incident.page")
            if waiting == ["0"], Int(incidents.first ?? "") ?? 0 >= expected { return }
            try await clock.sleep(for: .milliseconds(500))
        }
        Issue.record("work was still waiting after \(drainLimit)")
    }

    private static func judge(_ suite: ProcessSuite, accepted: Set<String>, kills: Int) async throws {
        let rows = try await suite.cluster.sql("SELECT service, count(*) FROM incident.incident GROUP BY service")
        let incidents = Dictionary(
            uniqueKeysWithValues: rows.compactMap { row -> (String, Int)? in
                let parts = row.split(separator: "|")
                return parts.count == 2 ? (String(parts[0]), Int(parts[1]) ?? 0) : nil
            }
        )
        let missing = accepted.filter { incidents[$0] == nil }
        let doubled = incidents.filter { $0.value > 1 }
        #expect(missing.isEmpty, "\(missing.count) accepted alerts made no incident")
        #expect(doubled.isEmpty, "\(doubled.count) services have two incidents")

        let mails = try suite.mail.mails()
        let pages = Set(try await suite.cluster.sql("SELECT id FROM incident.page"))
        let byMessage = Dictionary(grouping: mails, by: \.messageID)
        let duplicates = mails.count - byMessage.count
        let unsent = try await suite.cluster.sql("SELECT status, count(*) FROM incident.page WHERE status <> 'sent' GROUP BY status")
        #expect(byMessage.count == pages.count, "\(pages.count) pages, \(byMessage.count) different mails; not sent: \(unsent)")
        #expect(pages.count >= accepted.count)
        #expect(duplicates <= kills, "\(duplicates) mails came twice after \(kills) kills")
        print(
            "kill test: \(accepted.count) accepted, \(missing.count) lost, \(incidents.count) incidents, \(pages.count) pages, "
                + "\(byMessage.count) mails, \(duplicates) duplicates, \(kills) kills"
        )
    }
}
