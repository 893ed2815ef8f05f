import AlertIngestion
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct PartitionTests {
    @Test func daysAreMadeAheadOnceAndDroppedWhenOld() async throws {
        try await Store.run { store in
            let partitions = AlertPartitions(store.database.workers)
            #expect(try await partitions.makeAhead(now: store.clock.now) == 8)
            #expect(try await partitions.makeAhead(now: store.clock.now) == 0)
            #expect(try await partitions.names().first == "alert_20260302")
            let id = try #require(try await store.send([Samples.event()])[0].alertID)
            #expect(try await store.counts("alert_20260302", "alert_default") == [1, 0])
            #expect(try await partitions.drop(before: store.clock.now) == 0)
            store.clock.advance(by: .seconds(86_400))
            #expect(try await partitions.drop(before: store.clock.now) == 1)
            #expect(try await partitions.makeAhead(now: store.clock.now) == 1)
            #expect(try await store.alerts.find(id) == nil)
        }
    }

    @Test func withoutAPartitionTheDefaultTakesTheAlertAndNothingIsLost() async throws {
        try await Store.run { store in
            let id = try #require(try await store.send([Samples.event()])[0].alertID)
            #expect(try await store.count("alert_default") == 1)
            #expect(try await store.alerts.find(id) != nil)
        }
    }

    @Test func twoReplicasMakeTheSameDays() async throws {
        try await Store.run { store in
            let other = AlertPartitions(store.replica.database.workers)
            let own = AlertPartitions(store.database.workers)
            async let first = own.makeAhead(now: Samples.start)
            async let second = other.makeAhead(now: Samples.start)
            _ = try await (first, second)
            #expect(try await own.names().count == 8)
        }
    }
}
