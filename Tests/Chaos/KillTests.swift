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

    /// The order daemons go down in, the first alert's way.
    static let victims: [Peer] = [.alertIngestion, .incidentManagement, .onCall, .notification, .webUI]
    /// Writes are possible again that long after PostgreSQL takes connections (reliability DBF-1).
    private static let writesAgainLimit: Duration = .seconds(2)

    @Test func nothingAcceptedIsLostWhileEveryDaemonAndTheDatabaseAreKilledInTurn() async throws {
        try await ProcessSuite.run { suite in
            try await suite.schedule("chaos", primary: "alice")
            let load = Load(suite: suite, rate: Self.rate, seconds: Self.seconds, senders: Self.senders)
            async let loading: Void = load.run()
            let killed = try await Self.killEverybodyInTurn(suite)
            try await loading
            let again = try #require(load.firstAccepted(sentAfter: killed.down), "nothing was accepted after the crash")
            #expect(again - killed.up <= Self.writesAgainLimit, "writes again \(again - killed.up) after PostgreSQL")
            try await Self.drain(suite, expected: load.accepted.count)
            try await Self.judge(suite, load, "kill test: \(killed.kills) kills", duplicates: killed.kills)
        }
    }

    /// What was done to the suite.
    private struct Killed {
        let kills: Int
        /// When the database was gone, and when it took connections again, which is what `pg_ctl start` waits for.
        let down: ContinuousClock.Instant
        let up: ContinuousClock.Instant
    }

    /// One kill every three seconds of the load.
    private static func killEverybodyInTurn(_ suite: ProcessSuite) async throws -> Killed {
        let clock = ContinuousClock()
        let began = clock.now
        for (index, peer) in victims.enumerated() {
            try await clock.sleep(until: began + .seconds(2 + 3 * index))
            let daemon = try suite.daemon(peer)
            daemon.signal(SIGKILL)
            try await daemon.start()
        }
        try await clock.sleep(until: began + .seconds(2 + 3 * victims.count))
        try await suite.cluster.crash()
        let down = clock.now
        try await suite.cluster.startServer()
        return Killed(kills: victims.count + 1, down: down, up: clock.now)
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
}
