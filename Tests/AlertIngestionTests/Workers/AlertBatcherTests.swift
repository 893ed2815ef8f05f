import AlertIngestion
import Contracts
import Foundation
import HTTPTypes
import PrometheusMetrics
import ServiceKit
import Synchronization
import Testing

@Suite struct AlertBatcherTests {
    /// A batcher whose store waits for the test.
    private final class Gate: Sendable {
        private let sizes = Mutex<[Int]>([])
        private let opened = Doorbell()
        let entered = Doorbell()

        func open() { opened.ring() }
        var batches: [Int] { sizes.withLock { $0 } }

        func accept(_ batch: [Submission]) async -> [Result<SubmissionResult, any Error>] {
            sizes.withLock { $0.append(batch.count) }
            entered.ring()
            await opened.wait(after: 0, upTo: .seconds(30))
            return batch.map { _ in .success(.accepted([], quarantined: 0)) }
        }
    }

    private func batcher(_ gate: Gate, slow: Duration = .seconds(600)) -> AlertBatcher {
        AlertBatcher(metrics: AlertIngestionMetrics(PrometheusMetricsFactory()), slow: slow, patience: .seconds(600)) {
            await gate.accept($0)
        }
    }

    private func claimed(_ key: String) throws -> Submission {
        try Samples.submission(
            [Samples.event()],
            idempotency: RequestKey(scope: "s", route: "r", key: key, bodyDigest: Data(repeating: 1, count: 32)))
    }

    private func run(_ batcher: AlertBatcher, _ body: (inout ThrowingTaskGroup<Void, any Error>) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { service in
            service.addTask { try await batcher.run() }
            try await withThrowingTaskGroup(of: Void.self) { try await body(&$0) }
            service.cancelAll()
        }
    }

    @Test func whatArrivesWhileALaneWorksIsItsNextTransactionAndAFullQueueStartsAnother() async throws {
        let gate = Gate()
        let batcher = batcher(gate)
        try await run(batcher) { senders in
            senders.addTask { _ = try await batcher.submit(Samples.submission([Samples.event()])) }
            await gate.entered.wait(after: 0, upTo: .seconds(30))
            for _ in 0..<300 { senders.addTask { _ = try await batcher.submit(Samples.submission([Samples.event()])) } }
            while batcher.waiting < 300 - 64 { await Task.yield() }
            gate.open()
            try await senders.waitForAll()
        }
        // The second lane takes the 64 that made it worthwhile; the lanes then take turns, so the others may come in any order.
        #expect(gate.batches.sorted() == [1, 64, 108, 128])
    }

    @Test func aTransactionThatHangsHoldsUpNobodyElse() async throws {
        let gate = Gate()
        let batcher = batcher(gate, slow: .zero)
        try await run(batcher) { senders in
            senders.addTask { _ = try await batcher.submit(Samples.submission([Samples.event()])) }
            await gate.entered.wait(after: 0, upTo: .seconds(30))
            senders.addTask { _ = try await batcher.submit(Samples.submission([Samples.event()])) }
            await gate.entered.wait(after: 1, upTo: .seconds(30))
            #expect(gate.batches == [1, 1])
            gate.open()
            try await senders.waitForAll()
        }
    }

    /// OVL-1: whoever is reached too late is told so, and nothing of it is stored.
    @Test func whatHasWaitedLongerThanItsPatienceIsTurnedAwayUnstored() async throws {
        let gate = Gate()
        let metrics = PrometheusMetricsFactory()
        // A wait of no length is longer than no patience.
        let batcher = AlertBatcher(metrics: AlertIngestionMetrics(metrics), patience: .zero) { await gate.accept($0) }
        try await run(batcher) { _ in
            let refusal = await #expect(throws: IngestOverload(reason: .waitedTooLong)) {
                _ = try await batcher.submit(Samples.submission([Samples.event()]))
            }
            #expect(refusal?.problem.status.code == 503 && refusal?.problem.headers[.retryAfter] == "1")
        }
        #expect(gate.batches.isEmpty)
        #expect(await metrics.exposition(.text).contains(#"tocsin_ingest_refused_total{reason="waited_too_long"} 1"#))
    }

    @Test func twinsNeverShareATransaction() async throws {
        let gate = Gate()
        let batcher = batcher(gate)
        try await run(batcher) { senders in
            senders.addTask { _ = try await batcher.submit(Samples.submission([Samples.event()])) }
            await gate.entered.wait(after: 0, upTo: .seconds(30))
            for key in ["a", "b", "a"] {
                let submission = try claimed(key)
                let before = batcher.waiting
                senders.addTask { _ = try await batcher.submit(submission) }
                while batcher.waiting == before { await Task.yield() }
            }
            gate.open()
            try await senders.waitForAll()
        }
        #expect(gate.batches == [1, 2, 1])
    }

    @Test func beyondTheQueueRequestsAreTurnedAwayAtOnce() async throws {
        let batcher = batcher(Gate())
        await withTaskGroup(of: Void.self) { senders in
            for _ in 0..<AlertBatcher.queueLimit {
                senders.addTask { _ = try? await batcher.submit(Samples.submission([Samples.event()])) }
            }
            while batcher.waiting < AlertBatcher.queueLimit { await Task.yield() }
            await #expect(throws: IngestOverload(reason: .queueFull)) {
                _ = try await batcher.submit(Samples.submission([Samples.event()]))
            }
            // A stop nobody graced answers those who wait.
            await withTaskGroup(of: Void.self) { service in
                service.addTask { try? await batcher.run() }
                service.cancelAll()
            }
        }
        await #expect(throws: IngestOverload(reason: .stopping)) {
            _ = try await batcher.submit(Samples.submission([Samples.event()]))
        }
    }
}
