import Foundation
import ServiceLifecycle
import Synchronization

/// Gathers requests that arrive together into one transaction (group commit): each is answered after the common COMMIT, and nothing accepted lives
/// only here.
///
/// Nobody waits for company while no lane works: the first request starts one, and what queues up meanwhile is its next batch. A second lane
/// helps when a whole batch waits or the first seems to hang. A lock instead of an actor, because a
/// graceful stop must reach it without waiting.
package final class AlertBatcher: Service, Sendable {
    /// Transactions at a time; two carried as much as four (performance.md).
    package static let lanes = 2
    /// Alerts of a transaction, unless one request alone brings more.
    package static let batchLimit = 128
    /// Requests that may wait; more would wait longer than ``usualPatience`` anyway.
    package static let queueLimit = 2_000
    /// After this wait a request is turned away with 503 (reliability OVL-1): with the 3 s a statement may hang, everybody is answered within 4 s
    /// (DBF-3).
    package static let usualPatience: Duration = .seconds(1)

    /// Accepts submissions together, each with its own result.
    package typealias Accept = @Sendable ([Submission]) async -> [Result<SubmissionResult, any Error>]

    private let accept: Accept
    private let patience: Duration
    private let metrics: AlertIngestionMetrics
    private let queue: Mutex<SubmissionQueue>

    /// - Parameters:
    ///   - slow: how long a transaction may take before it counts as hanging; ten times what one takes under full load.
    ///   - patience: a test's own where a busy machine must not fail it.
    package init(
        metrics: AlertIngestionMetrics, slow: Duration = .milliseconds(200), patience: Duration = AlertBatcher.usualPatience,
        accept: @escaping Accept
    ) {
        self.patience = patience
        queue = Mutex(SubmissionQueue(slow: slow))
        self.metrics = metrics
        self.accept = accept
    }

    /// Stores a submission and says what became of it, once it is durable.
    /// - Throws: ``IngestOverload`` when it was not stored because of load; `PostgresError` otherwise.
    package func submit(_ submission: Submission) async throws -> SubmissionResult {
        try await withCheckedThrowingContinuation { continuation in submit(submission) { continuation.resume(with: $0) } }
    }

    /// The same for callers that do not wait: `answer` is called once, on whatever thread knows the outcome, and must be quick.
    package func submit(_ submission: Submission, answer: @escaping @Sendable (Result<SubmissionResult, any Error>) -> Void) {
        let waiting = WaitingSubmission(submission: submission) { [metrics] result in
            if case .failure(let overload as IngestOverload) = result { metrics.refused(overload.reason) }
            answer(result)
        }
        queue.withLock { $0.add(waiting, limit: Self.queueLimit, batchLimit: Self.batchLimit) }.carryOut()
    }

    /// Requests that wait for a lane.
    package var waiting: Int { queue.withLock { $0.count } }

    /// Works until a graceful stop has emptied the queue, or the task is cancelled.
    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.lanes { group.addTask { await self.work() } }
            }
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
        queue.withLock { $0.abandon() }.carryOut()
    }

    private func stop() {
        queue.withLock { $0.stop() }.carryOut()
    }

    private func work() async {
        var hasWorked = false
        while let batch = await nextBatch(hasWorked: hasWorked) {
            hasWorked = true
            let start = ContinuousClock.now
            let current = batch.filter { start - $0.since <= patience }
            for late in batch where start - late.since > patience {
                late.answer(.failure(IngestOverload(reason: .waitedTooLong)))
            }
            guard !current.isEmpty else { continue }
            await process(current)
        }
    }

    private func process(_ batch: [WaitingSubmission]) async {
        metrics.batch(of: batch.reduce(0) { $0 + $1.submission.alerts.count })
        let results = await accept(batch.map(\.submission))
        let end = ContinuousClock.now
        for (waiting, result) in zip(batch, results) { waiting.answer(result) }
        metrics.accepted(
            zip(batch, results).compactMap { waiting, result in
                (try? result.get()).map { (waiting.submission.alerts, $0, end - waiting.since) }
            })
    }

    /// Suspends until there is something to do; nil ends the lane.
    private func nextBatch(hasWorked: Bool) async -> [WaitingSubmission]? {
        await withCheckedContinuation { lane in
            queue.withLock { $0.offer(lane, limit: Self.batchLimit, hasWorked: hasWorked) }.carryOut()
        }
    }
}
