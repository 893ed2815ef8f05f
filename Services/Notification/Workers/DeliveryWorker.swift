package import Foundation
package import Logging
package import ServiceKit
package import WorkQueue

/// Delivers what is due in one lane, a bounded number at a time.
///
/// A tick goes on claiming while others are under way, so a slow provider holds its own slot only, and ends when nothing is due any more
/// or after ``tickLimit``.
package struct DeliveryWorker: Worker {
    package static let slots = 16
    /// So that a tick has an end under constant load, which is how `/health` sees a worker is alive.
    static let tickLimit: Duration = .seconds(20)
    /// How long new work may wait while all that is claimed is under way, should its ring be missed.
    static let pollWhileBusy: Duration = .seconds(1)
    /// How old a lease from the inbox may be; the time for the call is counted as if all were.
    static let inboxAge: Duration = .seconds(1)

    package let name: String
    private let lane: DeliveryLane
    private let slots: Int
    private let attempt: DeliveryAttempt
    private let bell: Doorbell
    private let inbox: LeasedInbox<DeliveryStore.Claimed>
    private let ring: @Sendable (DeliveryLane) -> Void

    /// What a worker works with.
    package struct Tools: Sendable {
        let store: DeliveryStore
        let channels: ChannelDirectory
        let permits: any PermitSource
        let stopwatch: any Stopwatch
        let clock: any Clock
        let metrics: NotificationMetrics
        let logger: Logger
        let chance: @Sendable () -> Double

        /// - Parameter chance: a random number in 0..<1 for the back-off.
        package init(
            store: DeliveryStore, channels: ChannelDirectory, permits: any PermitSource, stopwatch: any Stopwatch = MonotonicStopwatch(),
            clock: any Clock, metrics: NotificationMetrics, logger: Logger,
            chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
        ) {
            self.store = store
            self.channels = channels
            self.permits = permits
            self.stopwatch = stopwatch
            self.clock = clock
            self.metrics = metrics
            self.logger = logger
            self.chance = chance
        }
    }

    /// - Parameters:
    ///   - identity: names this process in the rows it holds.
    ///   - inbox: where the intake of this process puts what it leased for this worker.
    ///   - ring: tells the lane's workers that something was brought forward.
    package init(
        _ lane: DeliveryLane, slots: Int = DeliveryWorker.slots, tools: Tools, identity: String, bell: Doorbell,
        inbox: LeasedInbox<DeliveryStore.Claimed> = LeasedInbox(),
        ring: @escaping @Sendable (DeliveryLane) -> Void
    ) {
        name = "delivery-\(lane.rawValue)"
        self.lane = lane
        self.slots = slots
        self.bell = bell
        self.inbox = inbox
        self.ring = ring
        attempt = DeliveryAttempt(
            store: tools.store, channels: tools.channels, gate: PermitGate(tools.permits, stopwatch: tools.stopwatch),
            stopwatch: tools.stopwatch, clock: tools.clock, metrics: tools.metrics, logger: tools.logger, worker: identity,
            chance: tools.chance
        )
    }

    package func idles(at now: Date) {
        inbox.open()
    }

    /// Without an answer of the database their leases run out.
    package func ends() async {
        try? await attempt.store.release(await inbox.close())
    }

    private enum Event: Sendable {
        case finished
        case failed(any Error)
        case woken
    }

    /// What a tick has under way.
    private struct Progress {
        var underWay = 0
        var handled = 0
        var more = true
        /// The last look was into the inbox, not at the queue.
        var hasNotLooked = false
        var isListening = false
        var failure: (any Error)?
    }

    /// Throws the first failure of the database, after everything under way has come to its end.
    package func tick(now: Date) async throws -> TickReport {
        let start = attempt.stopwatch.elapsed
        let progress = await withTaskGroup(of: Event.self) { group in
            var progress = Progress()
            while true {
                if progress.more, progress.underWay < slots, mayClaim(since: start), progress.failure == nil {
                    await claim(into: &group, &progress)
                }
                guard progress.underWay > 0, let event = await group.next() else { break }
                switch event {
                case .finished: progress.underWay -= 1
                case .failed(let error):
                    progress.underWay -= 1
                    progress.failure = progress.failure ?? error
                case .woken: (progress.isListening, progress.more) = (false, true)
                }
            }
            group.cancelAll()
            return progress
        }
        if let failure = progress.failure { throw failure }
        return TickReport(handled: progress.handled, more: progress.more && progress.handled > 0, soon: progress.hasNotLooked)
    }

    private func mayClaim(since start: Duration) -> Bool {
        attempt.stopwatch.elapsed - start < Self.tickLimit && !WorkerLoop.isStopAsked && !Task.isCancelled
    }

    /// Claims what fits, sets to work on it, and listens for more when that was all.
    private func claim(into group: inout TaskGroup<Event>, _ progress: inout Progress) async {
        let heard = bell.rings
        var claimedAt = attempt.stopwatch.elapsed
        let free = slots - progress.underWay
        do {
            let given = try await takeInbox(upTo: free)
            progress.hasNotLooked = !given.isEmpty
            if !given.isEmpty { claimedAt -= Self.inboxAge }
            let batch =
                given.isEmpty
                ? try await attempt.store.claim(lane, now: attempt.clock.now, limit: free, worker: attempt.worker)
                : DeliveryStore.Batch(claimed: given, poisoned: [], more: false)
            if WorkerLoop.isStopAsked {
                try await attempt.store.release(batch.claimed + batch.poisoned)
                return
            }
            for claimed in batch.poisoned {
                group.addTask { [attempt] in await finish(claimed) { try await attempt.settle(claimed, .buried, nil) } }
            }
            for claimed in batch.claimed {
                group.addTask { [attempt, claimedAt] in await finish(claimed) { try await attempt.run(claimed, claimedAt: claimedAt) } }
            }
            progress.underWay += batch.claimed.count + batch.poisoned.count
            progress.handled += batch.claimed.count + batch.poisoned.count
            progress.more = batch.more
        } catch {
            progress.failure = error
        }
        guard !progress.more, progress.underWay > 0, !progress.isListening else { return }
        progress.isListening = true
        group.addTask { [bell, pause = progress.hasNotLooked ? WorkerLoop.breather : Self.pollWhileBusy] in
            await bell.wait(after: heard, upTo: pause)
            return .woken
        }
    }

    /// What the intake leased for this worker; what is too old or too much is handed back.
    private func takeInbox(upTo free: Int) async throws -> [DeliveryStore.Claimed] {
        let given = inbox.take()
        guard !given.isEmpty else { return [] }
        let now = attempt.clock.now
        let fresh = given.filter { $0.lease.lasts(Lease.usual - Self.inboxAge, at: now) }.prefix(free)
        let taken = Set(fresh.map(\.delivery.id))
        attempt.store.countGiven(fresh.count)
        try await attempt.store.release(given.filter { !taken.contains($0.delivery.id) })
        return Array(fresh)
    }

    /// Works under the page's trace, which so reaches the permit, the receiver and the log.
    private func finish(_ claimed: DeliveryStore.Claimed, _ work: () async throws -> Set<DeliveryLane>) async -> Event {
        do {
            for lane in try await TraceContext.following(claimed.delivery.trace, work) { ring(lane) }
            return .finished
        } catch {
            return .failed(error)
        }
    }
}
