import Foundation
import PrometheusMetrics
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite struct WorkerLoopTests {
    struct Away: TransientFailure { let isTransient = true }
    struct Broken: Error {}

    /// Does what the script says, then idles; tells when a tick ended.
    final class ScriptedWorker: Worker {
        let name = "scripted"
        let ticked = Doorbell()
        private let script: Mutex<[Result<TickReport, any Error>]>
        private let count = Mutex(0)
        private let events = Mutex<[String]>([])

        init(_ script: [Result<TickReport, any Error>]) { self.script = Mutex(script) }

        var ticks: Int { count.withLock { $0 } }
        /// What the loop asked for and told, in order.
        var story: [String] { events.withLock { $0 } }

        func idles(at now: Date) {
            events.withLock { $0.append("idles") }
            ticked.ring()
        }

        func ends() async {
            events.withLock { $0.append("ends") }
        }

        func tick(now: Date) async throws -> TickReport {
            defer { ticked.ring() }
            count.withLock { $0 += 1 }
            events.withLock { $0.append("tick") }
            return try script.withLock { $0.isEmpty ? .success(.idle) : $0.removeFirst() }.get()
        }

        func rests() async {
            while true {
                let heard = ticked.rings
                if story.last == "idles" { return }
                await ticked.wait(after: heard, upTo: .seconds(30))
            }
        }

        func reaches(_ wanted: Int) async {
            while true {
                let heard = ticked.rings
                if ticks >= wanted { return }
                await ticked.wait(after: heard, upTo: .seconds(30))
            }
        }
    }

    private func withLoop(
        _ worker: any Worker, every: Duration = .seconds(3600), kit: Kit = Kit(), _ body: @Sendable (WorkerLoop, Doorbell) async -> Void
    ) async {
        let bell = Doorbell()
        let loop = WorkerLoop(worker, bell: bell, every: every, clock: kit.clock, metrics: kit.metrics, logger: kit.log.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await loop.run() }
            await body(loop, bell)
            loop.stop()
        }
    }

    @Test func loopTicksAtOnceWhileThereIsMore() async {
        let worker = ScriptedWorker(Array(repeating: .success(TickReport(handled: 10, more: true)), count: 5))
        await withLoop(worker) { _, _ in await worker.reaches(6) }
        #expect(worker.ticks == 6)
    }

    /// Work that was given directly is followed by a look for more, and only then by more of it.
    @Test func workerHearsWhenItsLoopWaitsAndEnds() async {
        let worker = ScriptedWorker([.success(TickReport(handled: 1, soon: true))])
        await withLoop(worker) { _, _ in await worker.rests() }
        #expect(worker.story == ["tick", "tick", "idles", "ends"])
    }

    @Test func ringBringsATick() async {
        let worker = ScriptedWorker([])
        await withLoop(worker) { _, bell in
            for wanted in 1...20 {
                await worker.reaches(wanted)
                bell.ring()
            }
            await worker.reaches(21)
        }
    }

    @Test func loopPollsWithoutARing() async {
        let worker = ScriptedWorker([])
        await withLoop(worker, every: .milliseconds(5)) { _, _ in await worker.reaches(4) }
    }

    @Test func failureIsLoggedOncePerChangeAndEndsNothing() async {
        let kit = Kit()
        let worker = ScriptedWorker([.failure(Away()), .failure(Away()), .failure(Away()), .success(.idle)])
        await withLoop(worker, every: .milliseconds(1), kit: kit) { _, _ in await worker.reaches(5) }
        #expect(kit.log.entries.map { "\($0.level) \($0.message)" } == ["warning worker tick failed", "notice worker recovered"])
        #expect(kit.log.entries.first?.metadata["worker"] == "scripted")
    }

    @Test func lastingFailureIsAnError() async {
        let kit = Kit()
        let worker = ScriptedWorker([.failure(Broken())])
        await withLoop(worker, every: .milliseconds(1), kit: kit) { _, _ in await worker.reaches(2) }
        #expect(kit.log.errors.count == 1)
    }

    @Test func backOffNeverExceedsItsLimit() async {
        let worker = ScriptedWorker(Array(repeating: .failure(Away()), count: 3))
        let time = await ContinuousClock().measure { await withLoop(worker) { _, _ in await worker.reaches(3) } }
        #expect(time >= .milliseconds(150), "a tenth and two tenths of a second, halved at most")
        #expect(WorkerLoop.longestBackOff == .seconds(5))
    }

    @Test func ticksAreCounted() async {
        let kit = Kit()
        let worker = ScriptedWorker([.failure(Away()), .success(.idle)])
        await withLoop(worker, every: .milliseconds(1), kit: kit) { _, _ in await worker.reaches(2) }
        let text = await kit.metrics.exposition(.text)
        #expect(text.contains("tocsin_worker_ticks_total{") && text.contains("result=\"error\"") && text.contains("worker=\"scripted\""))
        #expect(text.contains("tocsin_worker_last_tick_timestamp_seconds{worker=\"scripted\"} 1772443800"))
        #expect(text.contains("tocsin_worker_tick_duration_seconds_count{worker=\"scripted\"}"))
    }

    @Test func troubleShowsInHealthWithoutTakingTheDaemonOut() async {
        let worker = ScriptedWorker([.failure(Away()), .failure(Away())])
        await withLoop(worker) { loop, _ in
            await worker.reaches(2)
            #expect(!loop.health.affectsReadiness)
            guard case .degraded = await loop.health.run() else {
                Issue.record("health is not degraded")
                return
            }
        }
    }

    @Test func gracefulStopLetsTheTickFinish() async throws {
        let worker = SlowWorker()
        let kit = Kit()
        let loop = WorkerLoop(worker, bell: Doorbell(), every: .seconds(1), clock: kit.clock, metrics: kit.metrics, logger: kit.log.logger)
        let group = ServiceGroup(services: [loop], logger: kit.log.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await worker.began.wait(after: 0, upTo: .seconds(30))
            await group.triggerGracefulShutdown()
            worker.release.ring()
            try await tasks.next()
        }
        #expect(worker.outcome.withLock { $0 } == "finished")
        #expect(kit.log.errors.isEmpty)
    }

    final class SlowWorker: Worker {
        let name = "slow"
        let began = Doorbell()
        let release = Doorbell()
        let outcome = Mutex("")

        func tick(now: Date) async throws -> TickReport {
            began.ring()
            await release.wait(after: 0, upTo: .seconds(30))
            outcome.withLock { $0 = Task.isCancelled ? "cancelled" : "finished" }
            return .idle
        }
    }
}
