import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct OutboxTests {
    struct Interruption: Error {}

    @Test func messageExistsOnlyWhenItsTransactionCommits() async throws {
        try await QueueFixture.run { queue in
            try? await queue.db.transaction { tx in
                queue.outbox.add([.test("a")], in: tx, now: queue.clock.now)
                throw Interruption()
            }
            let waiting = try await queue.count("outbox")
            #expect(waiting == 0)
        }
    }

    @Test func messageIDWaitsOnceForADestination() async throws {
        try await QueueFixture.run { queue in
            let message = OutboxMessage.test("a")
            let elsewhere = OutboxMessage(destination: "other", messageID: message.messageID, body: "a")
            try await queue.add([message, message, elsewhere])
            try await queue.add([message])
            #expect(try await queue.count("outbox") == 2)
        }
    }

    @Test func manyMessagesKeepTheirOrder() async throws {
        try await QueueFixture.run { queue in
            try await queue.add((0..<1_201).map { .test("\($0)", key: "k") })
            let bodies = try await queue.db.values(String.self, "SELECT body FROM incident.outbox ORDER BY id")
            #expect(bodies == (0..<1_201).map { "\($0)" })
        }
    }

    @Test func bellsRingAfterTheCommitAndNotAfterARollback() async throws {
        try await QueueFixture.run { queue in
            let bus = LocalSignalBus()
            let outbox = Outbox(schema: "incident", signals: bus)
            let bell = bus.bell(Outbox.channel("neighbour"))
            try? await queue.db.transaction { tx in
                outbox.add([.test("a")], in: tx, now: queue.clock.now)
                throw Interruption()
            }
            #expect(bell.rings == 0)
            try await queue.db.transaction { tx in
                outbox.add([.test("b"), .test("c")], in: tx, now: queue.clock.now)
                #expect(bell.rings == 0)
            }
            #expect(bell.rings == 1)
        }
    }

    @Test func newsReplaceOlderNewsThatNobodyHasTriedToSend() async throws {
        try await QueueFixture.run { queue in
            let news = OutboxMessage.test("1 alert")
            try await queue.add([news])
            #expect(try await Self.replace(news, "2 alerts", queue) == [news.messageID])
            let destination = RecordingDestination(answer: { _ in .retry(reason: "down") })
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(destination.calls == [["2 alerts"]])
            #expect(try await Self.replace(news, "3 alerts", queue).isEmpty)
        }
    }

    @Test func newsInTheHandsOfARelayAreNotReplaced() async throws {
        try await QueueFixture.run { queue in
            let news = OutboxMessage.test("1 alert")
            try await queue.add([news])
            let destination = RecordingDestination(meanwhile: {
                let replaced = try? await Self.replace(news, "2 alerts", queue)
                #expect(replaced?.isEmpty == true)
            })
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(destination.taken == ["1 alert"])
        }
    }

    private static func replace(_ message: OutboxMessage, _ body: String, _ queue: QueueFixture) async throws -> Set<UUID> {
        try await queue.database.api.transaction { tx in
            try await queue.outbox.replacePending([message.messageID: body], destination: message.destination, in: tx)
        }
    }
}
