import Foundation
import ServiceKit
import Synchronization
import Testing

@Suite struct DoorbellTests {
    /// Long enough that a lost ring shows as a failed test and not as a slow one.
    private let forever: Duration = .seconds(120)

    @Test func ringBeforeTheWaitIsKept() async {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        let time = await ContinuousClock().measure { await bell.wait(upTo: forever) }
        #expect(time < .seconds(60))
        let second = await ContinuousClock().measure { await bell.wait(upTo: .milliseconds(20)) }
        #expect(second >= .milliseconds(20), "two rings are one")
    }

    @Test func ringWakesEverybodyWhoWaits() async {
        let bell = Doorbell()
        let heard = bell.rings
        let time = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { await bell.wait(after: heard, upTo: forever) } }
                group.addTask { bell.ring() }
            }
        }
        #expect(time < .seconds(60))
    }

    @Test func waitEndsAtItsLimitAndAtCancellation() async {
        let bell = Doorbell()
        #expect(await ContinuousClock().measure { await bell.wait(upTo: .milliseconds(30)) } >= .milliseconds(30))
        let time = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await bell.wait(upTo: forever) }
                group.cancelAll()
            }
        }
        #expect(time < .seconds(60))
    }

    /// One look is planned for all of them: one for an earlier limit takes its place, and each plans the next.
    @Test(.timeLimit(.minutes(5))) func eachWaitHasItsOwnLimit() async {
        let bell = Doorbell()
        let time = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await bell.wait(after: 0, upTo: forever, hasDoneAll: true) }
                while !bell.isAwaited { await Task.yield() }
                for limit in [60, 20, 40, 20] {
                    group.addTask {
                        let wait = Duration.milliseconds(limit)
                        #expect(await ContinuousClock().measure { await bell.wait(after: 0, upTo: wait) } >= wait)
                    }
                }
                for _ in 1...4 { await group.next() }
                bell.ring()
            }
        }
        #expect(time < .seconds(30) && !bell.isAwaited)
    }

    /// The look that was planned for a wait that a ring ended serves the next one.
    @Test(.timeLimit(.minutes(5))) func aWaitAfterARingEndsAtItsOwnLimit() async {
        let bell = Doorbell()
        async let first: Void = bell.wait(after: 0, upTo: .milliseconds(200))
        for _ in 1...10 { await Task.yield() }
        bell.ring()
        await first
        let time = await ContinuousClock().measure { await bell.wait(after: 1, upTo: .milliseconds(300)) }
        #expect(time >= .milliseconds(300) && time < .seconds(30))
    }

    /// Every ring that comes after a listener took stock wakes it, however the threads interleave.
    @Test func noRingIsLost() async {
        let bell = Doorbell()
        let posted = Posted()
        let rounds = 2_000
        let time = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<rounds {
                        posted.add()
                        bell.ring()
                        await Task.yield()
                    }
                }
                for _ in 0..<3 {
                    group.addTask {
                        while true {
                            let heard = bell.rings
                            if posted.count == rounds { return }
                            await bell.wait(after: heard, upTo: forever)
                        }
                    }
                }
            }
        }
        #expect(time < .seconds(60))
    }

    final class Posted: Sendable {
        private let number = Mutex(0)
        func add() { number.withLock { $0 += 1 } }
        var count: Int { number.withLock { $0 } }
    }
}
