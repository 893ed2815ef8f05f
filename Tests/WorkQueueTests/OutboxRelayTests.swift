import Foundation
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WorkQueue

@Suite struct OutboxRelayTests {
    @Test func deliveredMessagesAreDeletedInOneBatch() async throws {
        try await QueueFixture.run { queue in
            try await queue.add((0..<100).map { .test("\($0)", key: "\($0)") })
            let destination = RecordingDestination()
            let report = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(report.handled == 100)
            #expect(destination.calls.count == 1)
            #expect(destination.taken == (0..<100).map { "\($0)" })
            #expect(try await queue.count("outbox") == 0)
        }
    }

    @Test func tickSaysThatThereIsMore() async throws {
        try await QueueFixture.run { queue in
            try await queue.add((0..<5).map { .test("\($0)") })
            let relay = queue.relay(to: RecordingDestination(batchLimit: 3))
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 3, more: true))
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 2, more: false))
            #expect(try await relay.tick(now: queue.clock.now) == .idle)
        }
    }

    @Test func noTransactionIsOpenDuringTheCall() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a")])
            let open = Mutex<Int?>(nil)
            let destination = RecordingDestination(meanwhile: {
                let count = try? await queue.database.api.value(
                    Int.self,
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'
                    """)
                open.withLock { $0 = count }
            })
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(open.withLock { $0 } == 0)
        }
    }

    @Test func refusedMessageIsBuriedAndItsKeyGoesOn() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("bad", key: "k"), .test("good", key: "k")])
            let destination = RecordingDestination(answer: { $0.body == "bad" ? .refused(reason: "no such field") : .done })
            let relay = queue.relay(to: destination)
            #expect(try await relay.tick(now: queue.clock.now) == TickReport(handled: 1, more: true))
            #expect(try await relay.tick(now: queue.clock.now).handled == 1)
            #expect(destination.taken == ["good"])
            #expect(destination.buried == ["bad refused"])
            #expect(
                try await queue.count(
                    "outbox_dead", where: "body = 'bad' AND reason = 'refused' AND last_error = 'no such field' AND attempts = 1") == 1)
            #expect(try await queue.count("outbox") == 0)
            #expect(await queue.metric(#"tocsin_queue_buried_total{lane="neighbour",queue="outbox",reason="refused"}"#) == 1)
        }
    }

    @Test func buriedMessageCanBeReplayed() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a")])
            _ = try await queue.relay(to: RecordingDestination(answer: { _ in .refused(reason: "no") })).tick(now: queue.clock.now)
            let id = try await queue.db.value(Int64.self, "SELECT id FROM incident.outbox_dead")
            #expect(try await queue.outbox.replay(queue.db, [id], now: queue.clock.now) == 1)
            #expect(try await queue.count("outbox", where: "attempts = 0 AND crashes = 0 AND last_error IS NULL") == 1)
            let destination = RecordingDestination()
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(destination.taken == ["a"])
            #expect(try await queue.count("outbox_dead") == 0)
        }
    }

    @Test func expiredMessageIsBuriedUnsent() async throws {
        try await QueueFixture.run { queue in
            let end = queue.clock.now.addingTimeInterval(60)
            try await queue.add([.test("late", expiresAt: end), .test("fresh", expiresAt: end.addingTimeInterval(1))])
            queue.clock.set(end)
            let destination = RecordingDestination()
            #expect(try await queue.relay(to: destination).tick(now: queue.clock.now).handled == 2)
            #expect(destination.taken == ["fresh"])
            #expect(destination.buried == ["late expired"])
            #expect(try await queue.count("outbox_dead", where: "reason = 'expired'") == 1)
        }
    }

    @Test func burialAndWhatTheDestinationMakesOfItAreOneTransaction() async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("bad"), .test("good")])
            let destination = RecordingDestination(
                answer: { $0.body == "bad" ? .refused(reason: "no") : .done },
                onBurial: { _, _ in throw OutboxTests.Interruption() })
            _ = try await queue.relay(to: destination).tick(now: queue.clock.now)
            #expect(try await queue.count("outbox_dead") == 0)
            #expect(try await queue.count("outbox", where: "body = 'bad' AND lease_until IS NULL") == 1)
            #expect(destination.taken == ["good"])
        }
    }

    @Test func itemWhoseRelaysDiedIsSentAloneAndNeverBuried() async throws {
        try await QueueFixture.run { queue in
            try await queue.add((0..<3).map { .test("\($0)") })
            try await queue.db.execute(
                "UPDATE incident.outbox SET lease_until = \(QueueFixture.start.addingTimeInterval(-1)), crashes = 4 WHERE body = '1'")
            let destination = RecordingDestination()
            let relay = queue.relay(to: destination)
            while try await relay.tick(now: queue.clock.now).more {}
            #expect(destination.calls == [["1"], ["0", "2"]])
            #expect(try await queue.count("outbox_dead") == 0)
        }
    }

    @Test(arguments: [OutboxAnswer.done, .refused(reason: "late")])
    func staleRelayNeitherSettlesNorBuriesWhatAnotherIsSending(answer: OutboxAnswer) async throws {
        try await QueueFixture.run { queue in
            try await queue.add([.test("a")])
            let second = RecordingDestination(answer: { _ in .retry(reason: "busy") })
            let first = RecordingDestination(
                answer: { _ in answer },
                meanwhile: {
                    queue.clock.advance(by: .seconds(31))
                    _ = try? await queue.relay(to: second).tick(now: queue.clock.now)
                })
            #expect(try await queue.relay(to: first).tick(now: queue.clock.now).handled == 1)
            #expect(second.calls == [["a"]])
            #expect(first.buried.isEmpty)
            #expect(try await queue.count("outbox_dead") == 0)
            #expect(try await queue.count("outbox", where: "last_error = 'busy'") == 1)
            #expect(await queue.metric(#"tocsin_queue_stale_settle_total{lane="neighbour",queue="outbox"}"#) == 1)
        }
    }
}
