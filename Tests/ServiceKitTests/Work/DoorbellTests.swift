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
