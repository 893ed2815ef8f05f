import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// Two replicas of every daemon behind haproxy, on a primary whose commits wait for a standby: the primary dies under load, the standby takes over.
    @Test func primaryDiesUnderLoadAndTheStandbyHasEverythingThatWasAccepted() async throws {
        try await ProcessSuite.run(.scaledOut) { suite in
            let standby = try #require(suite.standby)
            try await suite.schedule("chaos", primary: "alice")
            let load = Load(suite: suite, rate: Self.failoverRate, seconds: Self.failoverSeconds, senders: 32)
            let clock = ContinuousClock()
            async let loading: Void = load.run()
            try await clock.sleep(for: .seconds(Self.failoverSeconds / 2))
            let died = clock.now
            try await suite.cluster.kill()
            // What was sent before may still have been taken by the old primary.
            let dead = clock.now
            try await standby.promote()
            let promoted = clock.now
            try await loading
            let again = try #require(load.firstAccepted(sentAfter: dead), "nothing was accepted after the failover")
            #expect(again - died <= Self.failoverLimit, "writes again after \(again - died)")
            #expect(load.accepted.count == Self.failoverRate * Self.failoverSeconds)
            try await Self.drain(suite, expected: load.accepted.count, on: standby)
            try await Self.judgeFailover(suite, standby, load.accepted)
            print(
                "failover: promoted after \(promoted - died), writes again after \(again - died); \(load.accepted.count) accepted, "
                    + "\(load.acceptedBefore(died)) of them before"
            )
        }
    }

    /// Writes are to be possible again by then; Patroni's own detection comes on top of it.
    private static let failoverLimit: Duration = .seconds(10)
    private static let failoverRate = 25
    private static let failoverSeconds = 20

    /// Nothing lost, nothing twice: with commits that wait for the standby there is no kill to forgive a duplicate for, since no daemon died.
    private static func judgeFailover(_ suite: ProcessSuite, _ standby: DurableCluster, _ accepted: Set<String>) async throws {
        let services = try await standby.sql("SELECT service FROM incident.incident")
        #expect(Set(services).isSuperset(of: accepted), "\(accepted.subtracting(services).count) accepted alerts made no incident")
        #expect(services.count == Set(services).count, "a service has two incidents")
        let pages = try await standby.sql("SELECT incident_id FROM incident.page")
        #expect(pages.count == Set(pages).count, "an incident was paged twice")
        let mails = try suite.mail.mails()
        let byIncident = Dictionary(grouping: mails) { $0.header("X-Incident-Id") ?? "" }
        let twice = byIncident.filter { $0.value.count > 1 }
        #expect(twice.isEmpty, "\(twice.count) mails came twice")
        #expect(byIncident.count == services.count, "\(services.count) incidents, \(byIncident.count) mails")
        print("failover: \(services.count) incidents, \(pages.count) pages, \(mails.count) mails, \(twice.count) duplicates")
    }
}
