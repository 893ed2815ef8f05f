import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

/// A worker that lost its lease can do nothing any more.
@Suite struct FenceTests {
    @Test(arguments: ["settle", "retry", "hand back", "own update"])
    func staleWorkerChangesNothing(operation: String) async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let stale = try #require(try await queue.claim().first).lease
            queue.clock.advance(by: .seconds(31))
            let live = try #require(try await queue.claim().first)
            let done = try await Self.perform(operation, stale, queue)
            #expect(!done)
            let fence = try await queue.db.value(
                Int64.self, "SELECT fence FROM incident.job WHERE lease_until IS NOT NULL AND last_error IS NULL")
            #expect(fence == live.lease.fence)
            #expect(try await queue.jobs.settle(queue.db, [live.lease]) == 1)
        }
    }

    @Test func staleSettleIsCounted() async throws {
        try await QueueFixture.run { queue in
            let jobs = queue.jobs
            try await queue.enqueue(1)
            let stale = try #require(try await queue.claim().first).lease
            queue.clock.advance(by: .seconds(31))
            _ = try await queue.claim()
            #expect(await queue.metric(#"tocsin_queue_stale_settle_total{lane="",queue="job"}"#) == 0)
            #expect(try await jobs.settle(queue.db, [stale]) == 0)
            #expect(await queue.metric(#"tocsin_queue_stale_settle_total{lane="",queue="job"}"#) == 1)
        }
    }

    @Test func expiredLeaseThatNobodyTookCanStillBeSettled() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let lease = try #require(try await queue.claim().first).lease
            queue.clock.advance(by: .seconds(300))
            #expect(try await queue.jobs.settle(queue.db, [lease]) == 1)
        }
    }

    @Test func leaseThatWasGivenUpCannotBeUsedAgain() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let lease = try #require(try await queue.claim().first).lease
            #expect(try await queue.jobs.release(queue.db, [lease]) == 1)
            #expect(try await queue.jobs.settle(queue.db, [lease]) == 0)
            #expect(try await queue.count("job") == 1)
        }
    }

    @Test func settlingManyLeavesOutTheStale() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(10)
            let first = try await queue.claim(4, lease: .seconds(10)).map(\.lease)
            queue.clock.advance(by: .seconds(11))
            let second = try await queue.claim(10).map(\.lease)
            #expect(try await queue.jobs.settle(queue.db, first + second) == 10)
            #expect(try await queue.count("job") == 0)
        }
    }

    private static func perform(_ operation: String, _ lease: Lease, _ queue: QueueFixture) async throws -> Bool {
        let jobs = queue.jobs
        return switch operation {
        case "settle": try await jobs.settle(queue.db, [lease]) > 0
        case "retry": try await jobs.retry(queue.db, lease, at: queue.clock.now, reason: "late")
        case "hand back": try await jobs.release(queue.db, [lease]) > 0
        default: try await jobs.settle(queue.db, lease, set: "last_error = 'late'")
        }
    }
}
