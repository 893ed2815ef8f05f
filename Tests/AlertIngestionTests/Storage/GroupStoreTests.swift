import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceClients
import TestSupport
import Testing
import WorkQueue

@Suite struct GroupStoreTests {
    @Test func joinsOfAStormAreOnePendingUpdate() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            for index in 0..<50 {
                try await store.send([Samples.event("\(index)"), Samples.event("0")])
                store.clock.advance(by: .milliseconds(100))
                _ = try await store.groups.tellUpdates(now: store.clock.now)
            }
            #expect(try await store.pending().map(\.kind) == [.open])
            try await store.relay(to: incidents)
            for index in 50..<100 {
                try await store.send([Samples.event("\(index)")])
                store.clock.advance(by: .milliseconds(100))
                _ = try await store.groups.tellUpdates(now: store.clock.now)
            }
            #expect(try await store.pending().map(\.kind) == [.update])
            try await store.relay(to: incidents)
            store.clock.advance(by: .seconds(1))
            _ = try await store.groups.tellUpdates(now: store.clock.now)
            try await store.relay(to: incidents)
            #expect(incidents.events.map(\.groupSeq) == [1, 2, 3] && incidents.events.last?.alert.alertCount == 150)
            #expect(incidents.events.last?.alert.title == "Alert 99")
            store.clock.advance(by: .seconds(60))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 0)
        }
    }

    @Test func repeatsOfTenMinutesAreFewEventsAndAnAlertThatJoinsIsToldWithinASecond() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            for _ in 0..<600 {
                try await store.send([Samples.event("a")])
                if try await store.groups.tellUpdates(now: store.clock.now) > 0 { try await store.relay(to: incidents) }
                if incidents.events.isEmpty { try await store.relay(to: incidents) }
                store.clock.advance(by: .seconds(1))
            }
            // The opening, and one each time that the group is half as old again: 1.5 to the power of 16 seconds are ten minutes.
            #expect(incidents.events.count <= 1 + 16)
            #expect(incidents.events.count >= 2 && incidents.events.dropFirst().allSatisfy { $0.joined == 0 })
            // Repeats do not hold up what joins.
            try await store.send([Samples.event("a"), Samples.event("b"), Samples.event("b")])
            store.clock.advance(by: .seconds(1))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 1)
            try await store.relay(to: incidents)
            #expect(incidents.events.last?.joined == 1 && incidents.events.last?.alert.alertCount == 603)
        }
    }

    @Test func twoReplicasTellAnUpdateOnce() async throws {
        try await Store.run { store in
            let (groups, now) = (store.replica.groups, Samples.start + 10)
            try await store.send([Samples.event("a")])
            try await store.relay(to: FakeIncidents())
            try await store.send([Samples.event("b")])
            async let first = store.groups.tellUpdates(now: now)
            async let second = groups.tellUpdates(now: now)
            let told = try await first + second
            #expect(told == 1)
            #expect(try await store.pending().map(\.groupSeq) == [2])
        }
    }
}
