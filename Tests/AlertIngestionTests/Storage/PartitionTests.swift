import AlertIngestion
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

@Suite struct PartitionTests {
    @Test func daysAreMadeAheadOnceAndDroppedWhenOld() async throws {
        try await Store.run { store in
            let partitions = TimePartitions.alerts(store.database.workers)
            #expect(try await partitions.makeAhead(now: store.clock.now) == 8)
            #expect(try await partitions.makeAhead(now: store.clock.now) == 0)
            #expect(try await partitions.starts().first == Date(timeIntervalSince1970: 1_772_409_600))
            let id = try #require(try await store.send([Samples.event()])[0].alertID)
            #expect(try await store.counts("alert_20260302", "alert_default") == [1, 0])
            #expect(try await partitions.drop(before: store.clock.now) == 0)
            store.clock.advance(by: .seconds(86_400))
            // It still fires: its day stays.
            #expect(try await partitions.drop(before: store.clock.now) == 0)
            try await store.database.api.execute("DELETE FROM alerting.open_alert")
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
            let other = TimePartitions.alerts(store.replica.database.workers)
            let own = TimePartitions.alerts(store.database.workers)
            async let first = own.makeAhead(now: Samples.start)
            async let second = other.makeAhead(now: Samples.start)
            _ = try await (first, second)
            #expect(try await own.starts().count == 8)
        }
    }
}
