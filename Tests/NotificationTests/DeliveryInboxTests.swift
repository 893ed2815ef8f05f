import Contracts
import Foundation
import Notification
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

/// Deliveries that an idle worker gets from the intake of its own process.
@Suite struct DeliveryInboxTests {
    @Test func idleWorkerSendsWithoutAClaim() async throws {
        try await Process.run { bench, intake, worker, channel in
            let page = Samples.page()
            try await intake.accept([page], now: bench.now)
            #expect(try await bench.database.api.value(Int.self, Process.leased) == 1)
            let report = try await worker.tick(now: bench.now)
            #expect(report.handled == 1)
            #expect(channel.sent.map(\.address) == ["alice@example.org"])
            #expect(try await bench.attempts(of: page) == ["granted accepted smtp_accepted"])
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
            #expect(try await bench.queued() == 0)
        }
    }

    @Test func otherWorkersLeaveItAloneUntilTheLeaseRunsOut() async throws {
        try await Process.run { bench, intake, _, channel in
            let page = Samples.page()
            try await intake.accept([page], now: bench.now)
            let other = bench.worker(channels: [channel], identity: "other")
            #expect(try await other.tick(now: bench.now).handled == 0)
            bench.clock.advance(by: .seconds(31))
            #expect(try await other.tick(now: bench.now).handled == 1)
            #expect(channel.sent.count == 1)
        }
    }

    @Test func whatLayTooLongIsHandedBack() async throws {
        try await Process.run { bench, intake, worker, channel in
            try await intake.accept([Samples.page()], now: bench.now)
            let given = try await bench.database.api.value(Int.self, "SELECT fence FROM notification.delivery_queue")
            bench.clock.advance(by: .seconds(2))
            // Handed back first, and claimed as anybody could, under a fence of its own.
            _ = try await worker.tick(now: bench.now)
            #expect(channel.sent.count == 1)
            #expect(try await bench.database.api.value(Int.self, "SELECT fence FROM notification.attempt") > given)
            #expect(try await bench.database.api.value(Int.self, "SELECT number FROM notification.attempt") == 1)
        }
    }

    @Test func delayedDeliveriesAreNotLeased() async throws {
        try await Process.run { bench, intake, _, _ in
            #expect(try await bench.rules.add(Samples.rule(.email, after: 2)))
            try await intake.accept([Samples.page()], now: bench.now)
            #expect(try await bench.queued() == 1)
            #expect(try await bench.database.api.value(Int.self, Process.leased) == 0)
        }
    }

    @Test func heldPagingLeasesNothing() async throws {
        try await Process.run { bench, intake, worker, channel in
            try await bench.database.api.execute(
                "INSERT INTO notification.paging_hold (id, reason, held_at) VALUES (gen_random_uuid(), 'restored', \(bench.now))")
            try await intake.accept([Samples.page()], now: bench.now)
            #expect(try await bench.database.api.value(Int.self, Process.leased) == 0)
            #expect(try await worker.tick(now: bench.now).handled == 0)
            #expect(channel.sent.isEmpty)
        }
    }

    @Test func workerThatStopsHandsBack() async throws {
        try await Process.run { bench, intake, worker, channel in
            try await intake.accept([Samples.page()], now: bench.now)
            await worker.ends()
            #expect(try await bench.database.api.value(Int.self, Process.leased) == 0)
            #expect(try await bench.worker(channels: [channel], identity: "other").tick(now: bench.now).handled == 1)
        }
    }
}

/// An intake and an idle worker that share an inbox.
private enum Process {
    static let leased: SQL =
        "SELECT count(*) FROM notification.delivery_queue WHERE lease_until IS NOT NULL AND worker = 'here' AND attempts = 1"

    static func run(_ body: (Bench, PageStore, DeliveryWorker, RecordingChannel) async throws -> Void) async throws {
        try await Bench.run { bench in
            let inboxes = DeliveryInboxes(worker: "here")
            let channel = RecordingChannel(.email)
            let worker = bench.worker(channels: [channel], identity: "here", inbox: inboxes[.mail])
            worker.idles(at: bench.now)
            try await body(bench, bench.pages(leasingFor: inboxes), worker, channel)
        }
    }
}
