import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// ESC-1 with real engines: five processes, a thousand steps due at one instant, two of the five killed while they are at it.
    @Test func thousandStepsDueAtOnceAreTakenOnceEachAlthoughTwoOfFiveEnginesAreKilled() async throws {
        try await ProcessSuite.run { suite in
            try await suite.post(
                .onCall, "/api/v1/schedules", bearer: suite.token,
                #"{"team":"chaos","primary":["alice@example.org"],"secondary":["bob@example.org"]}"#)
            let load = Load(suite: suite, rate: 200, seconds: 5, senders: Self.senders)
            try await load.run()
            try await Self.drain(suite, expected: load.accepted.count)
            try await suite.with(4, more: .incidentManagement) { engines in
                // The second step of each, five minutes away until now.
                let due = try #require(try await suite.cluster.sql("SELECT date_trunc('second', now()) + interval '4 s'").first)
                _ = try await suite.cluster.sql("UPDATE incident.incident SET next_step_at = '\(due)' WHERE status = 'open'")
                try await Self.fired(at: Self.least, due, suite)
                for engine in engines.prefix(2) { engine.signal(SIGKILL) }
                let seen = try await Self.fired(at: 1, due, suite)
                #expect(seen < load.accepted.count, "all was over before anybody died")
                try await Self.fired(at: load.accepted.count, due, suite)
                try await Self.drain(suite, expected: 2 * load.accepted.count)
                try await Self.judge(suite, due: due, expected: load.accepted.count, seen: seen)
            }
        }
    }

    /// Steps taken before two engines are killed.
    private static var least: Int { 64 }

    /// Waits until so many of the steps that were due then are taken.
    /// - Returns: how many are.
    @discardableResult
    private static func fired(at least: Int, _ due: String, _ suite: ProcessSuite) async throws -> Int {
        let clock = ContinuousClock()
        let deadline = clock.now + drainLimit
        while clock.now < deadline {
            let fired = try await suite.cluster.sql("SELECT count(*) FROM incident.firing WHERE due_at = '\(due)'")
            if let fired = fired.first.flatMap({ Int($0) }), fired >= least { return fired }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw ToolFailure("\(least) steps were not taken within \(drainLimit)")
    }

    private static func judge(_ suite: ProcessSuite, due: String, expected: Int, seen: Int) async throws {
        let events = try await suite.cluster.sql(
            """
            SELECT count(*) || ' ' || count(DISTINCT incident_id) || ' ' || count(*) FILTER (WHERE fired_at < due_at)
              FROM incident.firing WHERE due_at = '\(due)'
            """)
        #expect(events == ["\(expected) \(expected) 0"], "step events, their incidents, and those that fired early")
        let pages = try await suite.cluster.sql(
            """
            SELECT count(*) || ' ' || count(DISTINCT p.incident_id)
              FROM incident.page p JOIN incident.firing f ON f.id = p.firing_id WHERE f.due_at = '\(due)'
            """)
        #expect(pages == ["\(expected) \(expected)"])
        let mails = try suite.mail.mails()
        #expect(Set(mails.map(\.messageID)).count == 2 * expected && mails.count == 2 * expected, "one mail a page")
        let late = try await suite.cluster.sql(
            """
            SELECT round(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY fired_at - due_at))::numeric, 2) || ' s, last '
                || round(extract(epoch FROM max(fired_at - due_at))::numeric, 1) || ' s'
              FROM incident.firing WHERE due_at = '\(due)'
            """)
        print("engines: \(expected) steps due at once, \(seen) taken before two of five engines were killed, late by \(late.first ?? "")")
    }
}
