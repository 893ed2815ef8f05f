import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

@Suite struct LeaseTests {
    @Test func sixteenClaimersNeverShareAJob() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1_000)
            let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        var mine: [Int64] = []
                        while case let jobs = try await queue.claim(7, worker: "w\(worker)"), !jobs.isEmpty { mine += jobs.map(\.id) }
                        return mine
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 1_000)
            #expect(Set(claimed).count == 1_000)
        }
    }

    @Test func claimSkipsARowSomebodyIsLockingInsteadOfWaiting() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(2)
            let kinds = try await queue.database.api.transaction { tx in
                try await tx.execute("SELECT FROM incident.job WHERE kind = 'job-0' FOR UPDATE")
                return try await queue.claim(1).map(\.kind)
            }
            #expect(kinds == ["job-1"])
        }
    }

    @Test func claimTakesTheOldestFirstAndSaysWhetherThereIsMore() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(5)
            let first = try await queue.batch(3)
            let second = try await queue.batch(3)
            #expect(try first.rows.map { try Job($0).kind } == ["job-0", "job-1", "job-2"])
            #expect(first.more)
            #expect(try second.rows.map { try Job($0).kind } == ["job-3", "job-4"])
            #expect(!second.more)
        }
    }

    @Test func jobsOfTheFutureAndOfOtherLanesAreNotClaimed() async throws {
        try await QueueFixture.run { queue in
            let now = queue.clock.now
            try await queue.enqueue("later", lane: "a", at: now.addingTimeInterval(1))
            try await queue.enqueue("elsewhere", lane: "b", at: now)
            #expect(try await queue.claim().isEmpty)
            queue.clock.advance(by: .seconds(1))
            #expect(try await queue.claim().map(\.kind) == ["later"])
        }
    }

    @Test func expiredLeaseIsClaimedAgainAndALiveOneIsNot() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let first = try #require(try await queue.claim().first)
            queue.clock.advance(by: .seconds(29))
            #expect(try await queue.claim().isEmpty)
            queue.clock.advance(by: .seconds(2))
            let second = try #require(try await queue.claim().first)
            #expect(second.id == first.id)
            #expect(second.lease.fence > first.lease.fence)
            #expect(second.lease.attempts == 2)
            #expect(second.lease.crashes == 1)
        }
    }

    @Test func enoughOfALeaseIsAskedOfItsEnd() {
        let now = QueueFixture.start
        let lease = Lease(key: "1", fence: 1, attempts: 1, until: now.addingTimeInterval(12))
        #expect(lease.lasts(.seconds(12), at: now))
        #expect(!lease.lasts(.seconds(12), at: now.addingTimeInterval(0.001)))
    }
}
