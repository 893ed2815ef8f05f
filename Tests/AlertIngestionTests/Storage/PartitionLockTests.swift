import AlertIngestion
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

/// What touches some alerts opens the days they are of, and no other: there are 400, and each would cost locks.
@Suite struct PartitionLockTests {
    /// With the partitions of eight days, on connections that plan as the daemon's do.
    private static func run(_ body: (Store) async throws -> Void) async throws {
        try await Store.run { store in
            let database = store.server.database(schema: "alerting") { $0.serverSettings = AlertIngestionConfiguration.indexesOnly }
            _ = try await TimePartitions.alerts(store.database.workers).makeAhead(now: store.clock.now)
            try await body(Store(server: store.server, database: database))
        }
    }

    /// Runs `body` while nobody else can open the partition of the day after the first.
    private static func whileTomorrowIsLocked(_ store: Store, _ body: @Sendable () async throws -> Void) async throws {
        try await store.replica.database.workers.transaction { tx in
            try await tx.execute("LOCK TABLE alerting.alert_20260303 IN ACCESS EXCLUSIVE MODE")
            try await body()
        }
    }

    @Test func alertThatEndsOpensItsOwnDay() async throws {
        try await Self.run { store in
            let id = try #require(try await store.send([Samples.event("a")])[0].alertID)
            try await Self.whileTomorrowIsLocked(store) { () async throws in
                try await store.send([Samples.event("a", .resolve)])
            }
            #expect(try await store.alerts.find(id)?.endReason == .resolved)
        }
    }

    @Test func groupIsToldFromTheDayOfItsLatestAlert() async throws {
        try await Self.run { store in
            try await store.send([Samples.event("a")])
            try await store.relay(to: FakeIncidents())
            try await store.send([Samples.event("b")])
            try await Self.whileTomorrowIsLocked(store) { () async throws in
                #expect(try await store.groups.tellUpdates(now: Samples.start + 10) == 1)
            }
            #expect(try await store.pending().last?.alert.title == "Alert b")
        }
    }

    @Test func alertsThatMoveToAnotherIncidentOpenTheirOwnDay() async throws {
        try await Self.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            let late = try #require(try await store.send([Samples.event("b")])[0].alertID)
            store.clock.advance(by: .seconds(2))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 1)
            incidents.end(incident)
            let now = store.clock.now
            try await Self.whileTomorrowIsLocked(store) { () async throws in
                #expect(try await store.groups.close(incident, now: now) == .closedAndReopened)
            }
            #expect(try await store.alerts.find(late)?.incidentID != incident)
        }
    }

    @Test func alertsThatFellSilentAreReadAndForgottenInTheirOwnDay() async throws {
        try await Self.run { store in
            let id = try #require(try await store.send([Samples.event("a", expiresAt: Samples.start + 1)])[0].alertID)
            let muted = try #require(try await store.send([Samples.event("b", service: "other", startsAt: Samples.start)])[0].incidentID)
            try await store.relay(to: FakeIncidents())
            _ = try await store.groups.close(muted, now: store.clock.now)
            try await Self.whileTomorrowIsLocked(store) { () async throws in
                #expect(try await store.alerts.expired(now: Samples.start + 2, limit: 10).count == 1)
                #expect(try await MutedAlerts(store.database.workers).forget(now: Samples.start + 86_401) == false)
            }
            #expect(try await store.count("alert", where: "end_reason = 'superseded'") == 1)
            #expect(try await store.alerts.find(id)?.endedAt == nil)
        }
    }

    @Test func alertsOfSeveralDaysEndInOneBatch() async throws {
        try await Self.run { store in
            try await store.send([Samples.event("a")])
            store.clock.advance(by: .seconds(3 * 86_400))
            try await store.send([Samples.event("b")])
            store.clock.advance(by: .seconds(30 * 86_400))
            // Of a day that has no partition.
            try await store.send([Samples.event("c")])
            #expect(try await store.counts("alert_20260302", "alert_20260305", "alert_default") == [1, 1, 1])
            try await store.send(["a", "b", "c"].map { Samples.event($0, .resolve) })
            #expect(try await store.count("alert", where: "end_reason = 'resolved'") == 3)
        }
    }
}
