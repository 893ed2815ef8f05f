import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// Messages that an idle relay gets from the transaction that wrote them.
@Suite struct OutboxLeaseTests {
    @Test func idleRelayGetsAMessageWithoutAClaim() async throws {
        try await Pair.run { queue, outbox, relay, destination in
            try await queue.add([.test("a")], to: outbox)
            #expect(
                try await queue.count("outbox", where: "worker = 'relay' AND lease_until IS NOT NULL AND attempts = 1 AND fence > 0") == 1)
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 1, soon: true))
            #expect(destination.taken == ["a"])
            #expect(try await queue.count("outbox") == 0)
        }
    }

    @Test func busyRelayClaims() async throws {
        try await Pair.run(isIdle: false) { queue, outbox, relay, destination in
            try await queue.add([.test("a")], to: outbox)
            #expect(try await queue.count("outbox", where: "lease_until IS NULL AND attempts = 0 AND fence = 0") == 1)
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 1))
            #expect(destination.taken == ["a"])
        }
    }

    @Test func anotherReplicaLeavesItAloneUntilTheLeaseRunsOut() async throws {
        try await Pair.run { queue, outbox, _, _ in
            try await queue.add([.test("a")], to: outbox)
            let other = RecordingDestination()
            #expect(try await queue.relay(to: other).tick(now: queue.clock.now) == .idle)
            #expect(try await queue.relay(to: other).tick(now: queue.clock.now.addingTimeInterval(31)).handled == 1)
            #expect(other.taken == ["a"])
        }
    }

    @Test func relayThatLostTheLeaseMeanwhileSettlesNothing() async throws {
        try await Pair.run { queue, outbox, relay, _ in
            try await queue.add([.test("a")], to: outbox)
            let held = RecordingDestination(answer: { _ in .postponed(reason: "later") })
            _ = try await queue.relay(to: held).tick(now: queue.clock.now.addingTimeInterval(31))
            _ = try await relay.tick(now: queue.clock.now)
            #expect(try await queue.count("outbox", where: "last_error = 'later'") == 1)
        }
    }

    @Test func transactionThatRollsBackGivesNothing() async throws {
        try await Pair.run { queue, outbox, relay, destination async throws in
            await #expect(throws: CancellationError.self) {
                try await queue.db.transaction { tx in
                    outbox.add([.test("a")], in: tx, now: queue.clock.now)
                    try await tx.flush()
                    throw CancellationError()
                }
            }
            #expect(try await relay.tick(now: queue.clock.now) == .idle)
            #expect(destination.taken.isEmpty)
        }
    }

    @Test func onlyTheOldestOfAKeyIsLeased() async throws {
        try await Pair.run { queue, outbox, relay, destination in
            try await queue.add([.test("old", key: "k")])
            try await queue.add([.test("new", key: "k"), .test("first", key: "l"), .test("second", key: "l"), .test("free")], to: outbox)
            #expect(
                try await queue.db.values(String.self, "SELECT body FROM incident.outbox WHERE fence > 0 ORDER BY id") == ["first", "free"])
            for _ in 0..<4 { _ = try await relay.tick(now: queue.clock.now) }
            #expect(Set(destination.taken) == ["old", "new", "first", "second", "free"])
            #expect(destination.taken.filter { $0 == "old" || $0 == "new" } == ["old", "new"])
            #expect(destination.taken.filter { $0 == "first" || $0 == "second" } == ["first", "second"])
            #expect(destination.collisions.isEmpty)
        }
    }

    @Test func manyMessagesAreLeftToClaims() async throws {
        try await Pair.run { queue, outbox, _, _ in
            try await queue.add((0...LeasedInbox<Int>.limit).map { .test("\($0)") }, to: outbox)
            #expect(try await queue.count("outbox", where: "fence > 0") == 0)
        }
    }

    /// Nobody would come for it soon, and whoever wrote it may want to take it back.
    @Test func outboxWithoutABellLeasesNothing() async throws {
        try await Pair.run(hasBell: false) { queue, outbox, _, _ in
            try await queue.add([.test("a")], to: outbox)
            #expect(try await queue.count("outbox", where: "fence = 0") == 1)
        }
    }

    @Test func noMoreIsLeasedThanTheDestinationTakesAtOnce() async throws {
        try await Pair.run(batchLimit: 1) { queue, outbox, relay, destination in
            try await queue.add([.test("a"), .test("b")], to: outbox)
            try await queue.add([.test("c")], to: outbox)
            #expect(try await queue.db.values(String.self, "SELECT body FROM incident.outbox WHERE fence > 0 ORDER BY id") == ["a", "c"])
            for _ in 0..<4 { _ = try await relay.tick(now: queue.clock.now) }
            #expect(destination.calls.map(\.count) == [1, 1, 1])
            #expect(Set(destination.taken) == ["a", "b", "c"])
        }
    }

    @Test func messageWaitingAlreadyIsNotWrittenAgain() async throws {
        try await Pair.run { queue, outbox, relay, destination in
            let message = OutboxMessage.test("a")
            try await queue.add([message])
            try await queue.add([message], to: outbox)
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 1))
            #expect(destination.taken == ["a"])
        }
    }

    @Test func relayThatStopsHandsBack() async throws {
        try await Pair.run { queue, outbox, relay, _ in
            try await queue.add([.test("a")], to: outbox)
            await relay.ends()
            #expect(try await queue.count("outbox", where: "lease_until IS NULL AND attempts = 0") == 1)
            try await queue.add([.test("b")], to: outbox)
            #expect(try await queue.count("outbox", where: "body = 'b' AND fence = 0") == 1)
        }
    }

    @Test func destinationThatIsLeftAloneGetsNothingDirectly() async throws {
        try await Pair.run(answer: .retry(reason: "away")) { queue, outbox, relay, _ in
            try await queue.add([.test("a")], to: outbox)
            _ = try await relay.tick(now: queue.clock.now)
            relay.idles(at: queue.clock.now)
            try await queue.add([.test("b")], to: outbox)
            #expect(try await queue.count("outbox", where: "body = 'b' AND fence = 0") == 1)
        }
    }

    @Test func expiredMessageIsBuriedUnsent() async throws {
        try await Pair.run { queue, outbox, relay, destination in
            try await queue.add([.test("a", expiresAt: queue.clock.now.addingTimeInterval(1))], to: outbox)
            _ = try await relay.tick(now: queue.clock.now.addingTimeInterval(2))
            #expect(destination.buried == ["a expired"])
            #expect(destination.taken.isEmpty)
        }
    }
}

/// An outbox and its relay in one process.
private enum Pair {
    static func run(
        isIdle: Bool = true, hasBell: Bool = true, batchLimit: Int = 256, answer: OutboxAnswer = .done,
        _ body: (QueueFixture, Outbox, OutboxRelay, RecordingDestination) async throws -> Void
    ) async throws {
        try await QueueFixture.run { queue in
            let outbox = Outbox(schema: "incident", signals: hasBell ? LocalSignalBus() : nil)
            let destination = RecordingDestination(batchLimit: batchLimit, answer: { _ in answer })
            let relay = queue.relay(to: destination, outbox: outbox)
            if isIdle { relay.idles(at: queue.clock.now) }
            try await body(queue, outbox, relay, destination)
        }
    }
}
