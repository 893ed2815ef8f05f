import Foundation
package import Logging
package import PrometheusMetrics
import ServiceLifecycle

/// Ticks a worker: at each ring of its bell, at the latest after `every`, at once while it reports more, and later after a failure.
///
/// A graceful shutdown lets the tick in hand finish; cancellation interrupts it. One failure never ends the loop.
package struct WorkerLoop: Service {
    /// A dead dependency is tried again after at most this long.
    package static let longestBackOff: Duration = .seconds(5)
    static let shortestBackOff: Duration = .milliseconds(100)
    /// Between work that was given directly and the look for more: what follows from it has the processors first.
    package static let breather: Duration = .milliseconds(25)

    package let worker: any Worker
    private let bell: Doorbell
    private let every: Duration
    private let jitter: Double
    private let clock: any Clock
    private let stopping = Doorbell()
    private let record: WorkerRecord
    /// What the loop of the current task's tick is told to stop by.
    @TaskLocal private static var stopOfTick: Doorbell?

    /// Whether the loop of the tick in hand was told to stop: for a tick that goes on claiming or has not begun all it claimed.
    ///
    /// Tells at the start of the drain, where `Task.isShuttingDownGracefully` does so when the server has ended (``Daemon``).
    package static var isStopAsked: Bool { (stopOfTick?.rings ?? 0) > 0 }

    /// - Parameter jitter: the share of `every` by which a pause is shortened or lengthened at random, so that replicas do not march in step.
    package init(
        _ worker: any Worker, bell: Doorbell, every: Duration, jitter: Double = 0.2, clock: any Clock, metrics: PrometheusMetricsFactory,
        logger: Logger
    ) {
        self.worker = worker
        self.bell = bell
        self.every = every
        self.jitter = jitter
        self.clock = clock
        record = WorkerRecord(worker.name, every: every, metrics: metrics, logger: logger)
    }

    package func run() async {
        await withTaskCancellationOrGracefulShutdownHandler {
            await loop()
        } onCancelOrGracefulShutdown: {
            stop()
        }
        await worker.ends()
    }

    /// Begins no more ticks; the one in hand sees ``isStopAsked``.
    package func stop() {
        stopping.ring()
        bell.ring()
    }

    /// Fails when no tick has come to an end for long, degraded while ticks fail.
    package var health: HealthCheck { record.health }

    private var isStopping: Bool { stopping.rings > 0 || Task.isCancelled }

    private func loop() async {
        record.started(at: clock.now)
        var failures = 0
        while !isStopping {
            let heard = bell.rings
            do {
                let report = try await tick()
                failures = 0
                if report.more {
                    await Task.yield()
                } else {
                    // One that has not looked at its queue is given nothing more, so that it does.
                    if !report.soon { worker.idles(at: clock.now) }
                    await bell.wait(after: heard, upTo: report.soon ? Self.breather : pause(), hasDoneAll: !report.soon && !report.rests)
                }
            } catch {
                failures += 1
                await stopping.wait(after: 0, upTo: Self.backOff(after: failures))
            }
        }
    }

    private func tick() async throws -> TickReport {
        let start = ContinuousClock.now
        let now = clock.now
        do {
            let report = try await Self.$stopOfTick.withValue(stopping) { try await worker.tick(now: now) }
            record.succeeded(at: now, in: ContinuousClock.now - start)
            return report
        } catch {
            if !isStopping { record.failed(error, at: now, in: ContinuousClock.now - start) }
            throw error
        }
    }

    private func pause() -> Duration {
        every * (1 + Double.random(in: -jitter...jitter))
    }

    /// Doubles from a tenth of a second up to the longest, then anything between half of it and all of it.
    static func backOff(after failures: Int) -> Duration {
        let doubled = shortestBackOff * Int(1 << min(failures - 1, 10))
        return min(doubled, longestBackOff) * Double.random(in: 0.5...1)
    }
}
