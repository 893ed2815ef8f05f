import Foundation
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WorkQueue

/// Per ordering key: first in, first out, one at a time, nothing lost, whatever the destination does.
@Suite struct OutboxOrderTests {
    @Test func onlyTheOldestOfAKeyIsSent() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("x1", key: "x"), .test("x2", key: "x"), .test("y1", key: "y"), .test("free")])
            let destination = RecordingDestination()
            let relay = queue.relay(to: destination)
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.calls == [["x1", "y1", "free"]])
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.calls.last == ["x2"])
        }
    }

    @Test func keysOfDifferentDestinationsDoNotWaitForEachOther() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a", key: "k", to: "elsewhere"), .test("b", key: "k")])
            let destination = RecordingDestination()
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(destination.taken == ["b"])
        }
    }

    @Test func successorWaitsWhileItsPredecessorIsBeingSent() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("1", key: "k"), .test("2", key: "k")])
            let other = RecordingDestination()
            let destination = RecordingDestination(meanwhile: {
                _ = try? await queue.relay(to: other).tick(now: queue.clock.now)
            })
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(destination.calls == [["1"]])
            #expect(other.calls.isEmpty)
        }
    }

    /// Two relays tick at the same time for as long as it takes, against a destination that fails a third of the items.
    @Test(arguments: [1, 2, 3] as [UInt64]) func twoRelaysKeepEveryKeyInOrderThroughAFlakyDestination(seed: UInt64) async throws {
        try await QueueFixture.run { queue in
            let keys = 12
            let perKey = 15
            try await queue.add((0..<keys * perKey).map { .test("\($0 / keys)", key: "k\($0 % keys)") })
            let dice = Mutex(Dice(state: seed))
            let arrivals = Mutex<[String: [Int]]>([:])
            let destination = RecordingDestination(
                batchLimit: 5,
                answer: { item in
                    switch dice.withLock({ $0.roll(6) }) {
                    case 0: return .retry(reason: "timeout")
                    case 1: return .postponed(reason: "busy")
                    default:
                        arrivals.withLock { $0[item.orderingKey ?? "", default: []].append(Int(item.body) ?? -1) }
                        return .done
                    }
                },
                meanwhile: { for _ in 0..<20 { await Task.yield() } })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    // A day: the clock below must not take a lease away, which would make a second flight legitimate.
                    let relay = queue.relay(
                        to: destination, lease: .seconds(86_400), chance: { dice.withLock { Double($0.roll(100)) / 100 } })
                    group.addTask {
                        for _ in 0..<5_000 where destination.taken.count < keys * perKey {
                            _ = try await relay.tick(now: queue.clock.now)
                            queue.clock.advance(by: .milliseconds(100))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(destination.collisions.isEmpty)
            for key in 0..<keys { #expect(arrivals.withLock { $0["k\(key)"] } == Array(0..<perKey)) }
            #expect(try await queue.count("outbox") == 0)
            #expect(try await queue.count("outbox_dead") == 0)
        }
    }
}

/// Repeatable chance (splitmix64).
private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ (mixed >> 31)) % sides
    }
}
