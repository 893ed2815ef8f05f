import Foundation
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WorkQueue

/// A neighbour that is down delays and never loses.
@Suite struct OutboxBackOffTests {
    @Test func downDestinationIsLeftAloneWithAllItsMessages() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a"), .test("b")])
            let destination = RecordingDestination(answer: { _ in .retry(reason: "unreachable") })
            let relay = queue.relay(to: destination)
            let resting = TickReport(handled: 0, rests: true)
            #expect(try await relay.tick(now: queue.clock.now) == resting)
            try await queue.add([.test("c")])
            #expect(try await relay.tick(now: queue.clock.now) == resting)
            #expect(destination.calls == [["a", "b"]])
            queue.clock.advance(by: .milliseconds(201))
            _ = try await relay.tick(now: queue.clock.now)
            // One is enough to see whether it is back.
            #expect(destination.calls.count == 2)
            #expect(destination.calls.last?.count == 1)
        }
    }

    /// The receiver takes a batch as a whole, and one item makes it answer 500: its neighbours pass, soon also those that are added later.
    @Test func itemOnWhichItsReceiverBreaksHoldsUpNobodyElse() async throws {
        try await QueueFixture.run { queue in
            let destination = BreakingDestination()
            let relay = queue.relay(to: destination)
            try await queue.add([.test("bad")] + (1...20).map { .test("good \($0)") })
            for _ in 1...60 {
                while try await relay.tick(now: queue.clock.now).more {}
                queue.clock.advance(by: .milliseconds(250))
            }
            #expect(Set(destination.taken) == Set((1...20).map { "good \($0)" }))
            try await queue.add([.test("later")])
            for _ in 1...8 {
                while try await relay.tick(now: queue.clock.now).more {}
                queue.clock.advance(by: .milliseconds(250))
            }
            #expect(destination.taken.last == "later" && destination.taken.count == 21)
            #expect(try await queue.count("outbox") == 1)
        }
    }

    /// An hour of an unreachable neighbour, ticked every 50 ms as a storm of doorbells would.
    @Test func downDestinationIsAskedSeldomAndLosesNothing() async throws {
        try await QueueFixture.run { queue in
            try await queue.add((0..<20).map { .test("\($0)", key: "\($0 % 5)") })
            let isUp = Mutex(false)
            let destination = RecordingDestination(answer: { _ in isUp.withLock { $0 } ? .done : .retry(reason: "unreachable") })
            let relay = queue.relay(to: destination)
            for _ in 0..<72_000 {
                _ = try await relay.tick(now: queue.clock.now)
                queue.clock.advance(by: .milliseconds(50))
            }
            #expect((700...760).contains(destination.calls.count))
            #expect(try await queue.count("outbox") == 20)
            #expect(try await queue.count("outbox_dead") == 0)
            isUp.withLock { $0 = true }
            queue.clock.advance(by: .seconds(5))
            while try await relay.tick(now: queue.clock.now).more {}
            #expect(Set(destination.taken).count == 20)
            #expect(destination.taken.count == 20)
            #expect(try await queue.count("outbox") == 0)
        }
    }

    @Test func oneFailingItemDoesNotHoldUpTheOthers() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("bad", key: "x"), .test("behind", key: "x"), .test("good", key: "y")])
            let destination = RecordingDestination(answer: { $0.body == "bad" ? .retry(reason: "500") : .done })
            let relay = queue.relay(to: destination)
            while try await relay.tick(now: queue.clock.now).more {}
            try await queue.add([.test("next")])
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.taken == ["good", "next"])
        }
    }

    @Test func postponedItemWaitsAloneAndItsDestinationIsNotDown() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("early")])
            let destination = RecordingDestination(answer: { $0.body == "early" ? .postponed(reason: "out_of_order") : .done })
            let relay = queue.relay(to: destination)
            _ = try await relay.tick(now: queue.clock.now)
            try await queue.add([.test("next")])
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.calls == [["early"], ["next"]])
            queue.clock.advance(by: .milliseconds(201))
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.calls.last == ["early"])
        }
    }

    @Test func receiversWishIsGranted() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a")])
            let destination = RecordingDestination(answer: { _ in .retry(reason: "429", after: .seconds(30)) })
            let relay = queue.relay(to: destination)
            for _ in 0..<30 {
                _ = try await relay.tick(now: queue.clock.now)
                queue.clock.advance(by: .seconds(1))
            }
            #expect(destination.calls.count == 1)
            _ = try await relay.tick(now: queue.clock.now)
            #expect(destination.calls.count == 2)
        }
    }

    @Test func downDestinationDoesNotDelayAnother() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a", to: "down"), .test("b", to: "up")])
            let down = RecordingDestination(name: "down", answer: { _ in .retry(reason: "unreachable") })
            let up = RecordingDestination(name: "up")
            let relay = OutboxRelay(
                outbox: queue.outbox, database: queue.db, destinations: [down, up], clock: queue.clock, worker: "relay",
                metrics: queue.metrics, logger: queue.logger)
            #expect(try await relay.tick(now: queue.clock.now).handled == 1)
            try await queue.add([.test("c", to: "up")])
            #expect(try await relay.tick(now: queue.clock.now).handled == 1)
            #expect(up.taken == ["b", "c"])
            #expect(down.calls.count == 1)
        }
    }

    @Test func delayDoublesToItsCapAndIsNeverNothing() {
        let backOff = BackOff.pages
        let longest = (1...7).map { Int(backOff.delay(after: $0, wish: nil, chance: 1) / .milliseconds(1)) }
        #expect(longest == [200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(backOff.delay(after: 1_000_000, wish: nil, chance: 1) == .seconds(5))
        #expect(backOff.delay(after: 5, wish: nil, chance: 0) == .milliseconds(50))
        #expect(backOff.delay(after: 5, wish: nil, chance: 0.5) == .milliseconds(1_600))
        #expect(backOff.delay(after: 1, wish: .seconds(10), chance: 0) == .seconds(10))
        #expect(backOff.delay(after: 1, wish: .seconds(86_400), chance: 0) == .seconds(60))
    }
}

/// Answers 500 to every batch with "bad" in it.
private final class BreakingDestination: OutboxDestination {
    let name = "neighbour"
    let batchLimit = 256
    private let memory = Mutex<[String]>([])

    var taken: [String] { memory.withLock(\.self) }

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        guard !items.contains(where: { $0.body == "bad" }) else { return items.map { _ in .retry(reason: "500") } }
        memory.withLock { $0 += items.map(\.body) }
        return items.map { _ in .done }
    }
}
