import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

/// Retry, hand-back, poison.
@Suite struct LeaseEndTests {
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
            try await queue.jobs.release(queue.db, [job.lease])
            let second = try #require(try await queue.claim().first)
            #expect(second.lease.attempts == 1)
            #expect(second.lease.crashes == 0)
        }
    }

    /// The worker dies whenever it meets `job-3`; nothing of the batch is settled before.
    @Test func jobThatKillsItsWorkerIsPoisonedAfterThreeCrashesAndItsNeighboursAreUnharmed() async throws {
        try await QueueFixture.run { queue in
            try await queue.enqueue(8)
            var crashes = 0
            var settled: [String] = []
            var poisoned: [Job] = []
            for _ in 0..<20 {
                let batch = try await queue.batch()
                let jobs = try batch.rows.map(Job.init)
                guard !jobs.contains(where: { $0.kind == "job-3" }) else {
                    crashes += 1
                    queue.clock.advance(by: .seconds(31))
                    continue
                }
                poisoned += try batch.poisoned.map(Job.init)
                try await queue.jobs.settle(queue.db, (batch.rows + batch.poisoned).map(\.lease))
                settled += jobs.map(\.kind)
            }
            #expect(crashes == 3)
            #expect(Set(settled) == Set((0..<8).map { "job-\($0)" }).subtracting(["job-3"]))
            #expect(settled.count == 7)
            #expect(poisoned.map(\.kind) == ["job-3"])
            #expect(poisoned.first?.lease.crashes == 3)
            #expect(try await queue.count("job") == 0)
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
