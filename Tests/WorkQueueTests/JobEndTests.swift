import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

/// Retry, hand-back, expiry, burial, poison.
@Suite struct JobEndTests {
    @Test func retriedJobComesBackAtItsTimeWithItsReason() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let job = try #require(try await queue.claim().first)
            let again = queue.clock.now.addingTimeInterval(5)
            #expect(try await queue.jobs.retry(queue.db, job.lease, at: again, reason: "busy\0 \(String(repeating: "x", count: 2_000))"))
            #expect(try await queue.claim().isEmpty)
            queue.clock.advance(by: .seconds(5))
            let second = try #require(try await queue.claim().first)
            #expect(second.lease.attempts == 2)
            #expect(second.lease.crashes == 0)
            let reason = try await queue.db.value(String.self, "SELECT last_error FROM incident.job")
            #expect(reason.hasPrefix("busy x"))
            #expect(reason.utf8.count <= LeasedTable.reasonLimit)
        }
    }

    @Test func handedBackJobIsDueAtOnceAndItsAttemptIsNotCounted() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let job = try #require(try await queue.claim().first)
            try await queue.jobs.handBack(queue.db, [job.lease])
            let second = try #require(try await queue.claim().first)
            #expect(second.lease.attempts == 1)
            #expect(second.lease.crashes == 0)
        }
    }

    @Test func buriedJobIsVisibleAndCanBeReplayed() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            let job = try #require(try await queue.claim().first)
            #expect(try await queue.jobs.bury(queue.db, job.lease, detail: "no such address", now: queue.clock.now))
            #expect(try await queue.count("job") == 0)
            #expect(try await queue.count("job_dead", where: "reason = 'failed' AND last_error = 'no such address' AND attempts = 1") == 1)
            #expect(try await queue.jobs.replay(queue.db, [job.id], now: queue.clock.now) == 1)
            #expect(try await queue.count("job_dead") == 0)
            let replayed = try #require(try await queue.claim().first)
            #expect(replayed.kind == "job-0")
            #expect(replayed.lease.attempts == 1)
        }
    }

    @Test func expiredJobIsBuriedInsteadOfClaimed() async throws {
        try await QueueFixture.run { queue in
            let now = queue.clock.now
            let job = NewJob(lane: "a", kind: "late", runAt: now, expiresAt: now.addingTimeInterval(60))
            try await queue.jobs.enqueue([job], in: queue.db, now: now)
            queue.clock.advance(by: .seconds(60))
            #expect(try await queue.claim().isEmpty)
            #expect(try await queue.count("job_dead", where: "reason = 'expired'") == 1)
        }
    }

    /// The worker dies whenever it meets `job-3`; nothing of the batch is settled before.
    @Test func poisonIsBuriedAfterThreeCrashesAndItsNeighboursAreUnharmed() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(8)
            var crashes = 0
            var settled: [String] = []
            for _ in 0..<20 {
                let batch = try await queue.claim()
                guard !batch.contains(where: { $0.kind == "job-3" }) else {
                    crashes += 1
                    queue.clock.advance(by: .seconds(31))
                    continue
                }
                try await queue.jobs.settle(queue.db, batch.map(\.lease))
                settled += batch.map(\.kind)
            }
            #expect(crashes == 3)
            #expect(Set(settled) == Set((0..<8).map { "job-\($0)" }).subtracting(["job-3"]))
            #expect(settled.count == 7)
            #expect(try await queue.count("job") == 0)
            #expect(try await queue.count("job_dead", where: "kind = 'job-3' AND reason = 'poisoned' AND crashes = 3") == 1)
            #expect(await queue.metric(#"tocsin_queue_buried_total{lane="",queue="job",reason="poisoned"}"#) != nil)
        }
    }

    @Test func recordedRetriesAreNoCrashes() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            for _ in 0..<10 {
                let job = try #require(try await queue.claim().first)
                try await queue.jobs.retry(queue.db, job.lease, at: queue.clock.now, reason: "busy")
            }
            #expect(try await queue.claim().first?.lease.attempts == 11)
            #expect(try await queue.count("job_dead") == 0)
        }
    }

    @Test func aRetryForgetsEarlierCrashes() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(1)
            for _ in 0..<2 {
                _ = try await queue.claim()
                queue.clock.advance(by: .seconds(31))
            }
            let job = try #require(try await queue.claim().first)
            #expect(job.lease.crashes == 2)
            try await queue.jobs.retry(queue.db, job.lease, at: queue.clock.now, reason: "busy")
            #expect(try await queue.claim().first?.lease.crashes == 0)
        }
    }
}
