import Contracts
import Foundation
import Notification
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

@Suite struct DeliveryWorkerTests {
    @Test func aPageIsSentAndItsOutcomeReported() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let channel = RecordingChannel(.email)
            let permits = RecordingPermits()
            let report = try await bench.worker(channels: [channel], permits: permits).tick(now: bench.now)
            #expect(report.handled == 1)
            #expect(channel.sent.map(\.address) == ["alice@example.org"])
            #expect(permits.asked.map(\.pageID) == [page.message.pageID] && permits.asked.map(\.epoch) == [1])
            #expect(try await bench.attempts(of: page) == ["granted accepted smtp_accepted"])
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
            let outcome = try #require(try await bench.outcomes().first)
            #expect(outcome.result == .sent && outcome.channel == .email && outcome.pageID == page.message.pageID)
            #expect(try await bench.queued() == 0)
        }
    }

    @Test func theAttemptIsWrittenDownBeforeTheProviderIsCalled() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let channel = RecordingChannel(.email) { _ in
                let seen = try? await bench.attempts(of: page)
                #expect(seen == ["granted started"])
                return .accepted(.smtpAccepted)
            }
            _ = try await bench.worker(channels: [channel]).tick(now: bench.now)
            #expect(channel.sent.count == 1)
        }
    }

    @Test func whatTheProviderTookIsWrittenDownAlsoWhenTheDatabaseIsAwayForAMoment() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            try await bench.refuseToSettle(times: 3)
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel]).tick(now: bench.now)
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
            #expect(try await bench.attempts(of: page) == ["granted accepted smtp_accepted"])
            #expect(channel.sent.count == 1)
        }
    }

    @Test func databaseThatStaysAwayHoldsAWorkerNoLongerThanItsLease() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            try await bench.refuseToSettle(times: 1_000_000)
            let stopwatch = ManualStopwatch()
            await #expect(throws: (any Error).self) {
                try await bench.worker(channels: [RecordingChannel(.email)], stopwatch: stopwatch).tick(now: bench.now)
            }
            #expect((.seconds(30)...(.seconds(31))).contains(stopwatch.elapsed))
        }
    }

    @Test func twoWorkersAtOnceSendEachDeliveryOnce() async throws {
        try await Bench.run { bench in
            let pages = (0..<100).map { _ in Samples.page() }
            try await bench.pages.accept(pages, now: bench.now)
            let channel = RecordingChannel(.email)
            let workers = (1...3).map { bench.worker(channels: [channel], slots: 4, identity: "worker-\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in workers {
                    group.addTask { while try await worker.tick(now: bench.now).more {} }
                }
                try await group.waitForAll()
            }
            #expect(channel.sent.count == pages.count)
            #expect(Set(channel.sent.map(\.pageID)).count == pages.count)
            #expect(try await bench.queued() == 0)
        }
    }

    @Test func moreAreNeverUnderWayThanThereAreSlots() async throws {
        try await Bench.run { bench in
            try await bench.pages.accept((0..<40).map { _ in Samples.page() }, now: bench.now)
            let gauge = Occupancy()
            let channel = RecordingChannel(.email) { _ in
                gauge.enter()
                for _ in 0..<20 { await Task.yield() }
                gauge.leave()
                return .accepted(.smtpAccepted)
            }
            let report = try await bench.worker(channels: [channel], slots: 5).tick(now: bench.now)
            #expect(report.handled == 40 && gauge.peak <= 5)
        }
    }

    @Test func aTemporaryFailureIsTriedAgainWithTheSameIDUntilItWorks() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let results = Script([.temporary(.smtpTemporary), .temporary(.timeout), .accepted(.smtpAccepted)])
            let channel = RecordingChannel(.email) { _ in results.next() }
            let worker = bench.worker(channels: [channel])
            _ = try await worker.tick(now: bench.now)
            #expect(try await worker.tick(now: bench.now).handled == 0)
            bench.clock.advance(by: .seconds(1))
            _ = try await worker.tick(now: bench.now)
            bench.clock.advance(by: .seconds(2))
            _ = try await worker.tick(now: bench.now)
            #expect(channel.sent.count == 3 && Set(channel.sent.map(\.deliveryID)).count == 1)
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
            #expect(
                try await bench.attempts(of: page) == [
                    "granted temporary smtp_temporary", "granted temporary timeout", "granted accepted smtp_accepted",
                ])
        }
    }

    @Test func aPageThatIsOfNoUseAnyMoreExpires() async throws {
        try await Bench.run { bench in
            let page = Samples.page(lifetime: 60)
            try await bench.accept(page)
            bench.clock.advance(by: .seconds(60))
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel]).tick(now: bench.now)
            #expect(channel.sent.isEmpty)
            #expect(try await bench.outcomes().map(\.result) == [.expired])
        }
    }

    @Test func aDeadWorkersPageIsSentAgainWithTheSameID() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let dead = try #require(try await bench.claimAndDie().first)
            let attempt = NewAttempt(id: .make(at: bench.now), permit: .granted, worker: "dead")
            #expect(try await bench.deliveries.begin(attempt, under: dead.lease, now: bench.now))
            let channel = RecordingChannel(.email)
            let worker = bench.worker(channels: [channel])
            #expect(try await worker.tick(now: bench.now).handled == 0)
            bench.clock.advance(by: .seconds(31))
            _ = try await worker.tick(now: bench.now)
            #expect(channel.sent.map(\.deliveryID) == [dead.message.deliveryID])
            #expect(try await bench.attempts(of: page).sorted() == ["granted accepted smtp_accepted", "granted in_doubt interrupted"])
        }
    }

    @Test func aPageThatKillsItsWorkersIsBuriedAndReported() async throws {
        try await Bench.run { bench in
            let poison = Samples.page()
            try await bench.accept(poison)
            for _ in 1...3 {
                #expect(try await bench.claimAndDie().count == 1)
                bench.clock.advance(by: .seconds(31))
            }
            let neighbour = Samples.page(at: bench.now)
            try await bench.accept(neighbour)
            let channel = RecordingChannel(.email)
            let worker = bench.worker(channels: [channel])
            while try await worker.tick(now: bench.now).handled > 0 {}
            #expect(channel.sent.map(\.pageID) == [neighbour.message.pageID])
            #expect(try await bench.state(of: poison) == "exhausted poison")
            #expect(try await bench.state(of: neighbour) == "sent smtp_accepted")
            #expect(Set(try await bench.outcomes().map(\.result)) == [.exhausted, .sent])
        }
    }

    @Test func anUnconfiguredChannelFailsForGood() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            _ = try await bench.worker(channels: []).tick(now: bench.now)
            #expect(try await bench.state(of: page) == "exhausted channel_unconfigured")
        }
    }

    @Test func aSimulatedChannelSaysThatItIs() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            _ = try await bench.worker(channels: [ConsoleChannel(kind: .email, logger: .quiet)]).tick(now: bench.now)
            #expect(try await bench.state(of: page) == "sent simulated")
            #expect(await bench.metrics.exposition(.text).contains(#"notifications_sent_total{channel="email",status="simulated"} 1"#))
        }
    }

    @Test func afterAnOutageTheFreshestPageGoesFirst() async throws {
        try await Bench.run { bench in
            let pages = (0..<5).map { Samples.page(at: bench.now.addingTimeInterval(Double($0))) }
            for page in pages {
                try await bench.accept(page)
                bench.clock.advance(by: .seconds(1))
            }
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], slots: 1).tick(now: bench.now)
            #expect(channel.sent.map(\.pageID) == pages.reversed().map(\.message.pageID))
        }
    }
}
