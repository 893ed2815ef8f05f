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
            let first = try await queue.jobs.claim(queue.db, lane: "a", now: queue.clock.now, limit: 3, worker: "w")
            let second = try await queue.jobs.claim(queue.db, lane: "a", now: queue.clock.now, limit: 3, worker: "w")
            #expect(first.jobs.map(\.kind) == ["job-0", "job-1", "job-2"])
            #expect(first.more)
            #expect(second.jobs.map(\.kind) == ["job-3", "job-4"])
            #expect(!second.more)
        }
    }

    @Test func jobsOfTheFutureAndOfOtherLanesAreNotClaimed() async throws {
        try await QueueFixture.run { queue in
            let now = queue.clock.now
            let jobs = [
                NewJob(lane: "a", kind: "later", runAt: now.addingTimeInterval(1)), NewJob(lane: "b", kind: "elsewhere", runAt: now),
            ]
            try await queue.jobs.enqueue(jobs, in: queue.db, now: now)
            #expect(try await queue.claim().isEmpty)
            queue.clock.advance(by: .seconds(1))
            #expect(try await queue.claim().map(\.kind) == ["later"])
        }
    }

    @Test func aKeyWaitsOnlyOnce() async throws {
        try await QueueFixture.run { queue in
            let job = NewJob(lane: "a", kind: "x", key: "k", runAt: queue.clock.now)
            let first = try await queue.jobs.enqueue([job, job], in: queue.db, now: queue.clock.now)
            let second = try await queue.jobs.enqueue([job], in: queue.db, now: queue.clock.now)
            #expect(first == 1)
            #expect(second == 0)
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

    @Test func renewedLeaseLastsAndALostOneCannotBeRenewed() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let job = try #require(try await queue.claim().first)
            queue.clock.advance(by: .seconds(20))
            #expect(try await queue.jobs.renew(queue.db, job.lease, now: queue.clock.now))
            queue.clock.advance(by: .seconds(20))
            #expect(try await queue.claim().isEmpty)
            queue.clock.advance(by: .seconds(11))
            #expect(try await queue.jobs.renew(queue.db, job.lease, now: queue.clock.now) == false)
        }
    }

    @Test func enoughOfALeaseIsAskedOfItsEnd() {
        let now = QueueFixture.start
        let lease = Lease(key: "1", fence: 1, attempts: 1, until: now.addingTimeInterval(12))
        #expect(lease.lasts(.seconds(12), at: now))
        #expect(!lease.lasts(.seconds(12), at: now.addingTimeInterval(0.001)))
    }
}
