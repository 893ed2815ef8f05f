import Contracts
import Foundation
import Notification
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// Reliability SHD-1: a worker whose daemon is told to stop, long before its task hears of it.
@Suite struct DeliveryStopTests {
    @Test func workerThatIsToldToStopFinishesWhatIsUnderWayAndClaimsNothingMore() async throws {
        try await Bench.run { bench in
            try await bench.pages.accept((0..<2).map { _ in Samples.page() }, now: bench.now)
            let (began, release) = (Doorbell(), Doorbell())
            let channel = RecordingChannel(.email) { _ in
                began.ring()
                await release.wait(after: 0, upTo: .seconds(30))
                return .accepted(.smtpAccepted)
            }
            // One slot: it claims the second page when the first is sent.
            let loop = bench.loop(bench.worker(channels: [channel], slots: 1))
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await loop.run() }
                await began.wait(after: 0, upTo: .seconds(30))
                loop.stop()
                release.ring()
            }
            #expect(channel.sent.count == 1)
            #expect(try await bench.outcomes().map(\.result) == [.sent])
            #expect(try await Self.unclaimed(bench) == 1)
        }
    }

    @Test func whatAClaimBringsAfterTheStopIsHandedBack() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let channel = RecordingChannel(.email)
            let clock = StoppingClock(bench.clock)
            let loop = bench.loop(bench.worker(channels: [channel], clock: clock))
            clock.stop(loop)
            await loop.run()
            #expect(clock.isRead)
            #expect(channel.sent.isEmpty)
            #expect(try await Self.unclaimed(bench) == 1)
        }
    }

    /// Deliveries that any worker may take, and of which nobody has used up a try.
    private static func unclaimed(_ bench: Bench) async throws -> Int {
        try await bench.database.api.value(
            Int.self, "SELECT count(*) FROM notification.delivery_queue WHERE lease_until IS NULL AND attempts = 0")
    }
}

/// Has a loop stop when its worker looks at the time, which it does between its decision to claim and the claim.
private final class StoppingClock: Clock {
    private let clock: ManualClock
    private let loop = Mutex<WorkerLoop?>(nil)
    private let reads = Doorbell()

    init(_ clock: ManualClock) { self.clock = clock }

    var isRead: Bool { reads.rings > 0 }

    func stop(_ loop: WorkerLoop) { self.loop.withLock { $0 = loop } }

    var now: Date {
        reads.ring()
        loop.withLock { $0 }?.stop()
        return clock.now
    }
}
