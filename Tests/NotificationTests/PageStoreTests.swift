import Auth
import Contracts
import Foundation
import Notification
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

@Suite struct PageStoreTests {
    @Test func aPageIsStoredOnceHoweverOftenItIsSent() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            let first = try await bench.accept(page)
            #expect(first.fresh == [page.message.pageID] && first.lanes == [.mail])
            let again = try await bench.accept(page, page)
            #expect(again.fresh.isEmpty)
            #expect(try await bench.queued() == 1)
        }
    }

    @Test func twinsAtTheSameTimeMakeOnePromise() async throws {
        try await Bench.run { bench in
            let pages = (0..<20).map { Samples.page(incident: .make(at: Samples.now), at: Samples.now.addingTimeInterval(Double($0))) }
            let fresh = try await withThrowingTaskGroup(of: Int.self) { group in
                for turn in 0..<6 {
                    let order = turn.isMultiple(of: 2) ? pages : pages.reversed()
                    group.addTask { try await bench.pages.accept(order, now: bench.now).fresh.count }
                }
                return try await group.reduce(0, +)
            }
            #expect(fresh == pages.count)
            #expect(try await bench.queued() == pages.count)
        }
    }

    @Test func rulesOfTheRecipientBecomeDeliveriesWithDueTimes() async throws {
        try await Bench.run { bench in
            let hook = Samples.method(.webhook, "https://hooks.example/a")
            #expect(try await bench.add(hook))
            #expect(try await bench.rules.add(Samples.rule(.email, after: 0)))
            #expect(try await bench.rules.add(Samples.rule(.webhook, after: 5)))
            let page = Samples.page()
            #expect(try await bench.accept(page).lanes == [.mail])
            let made = try await bench.notifications.deliveries(of: page.message.pageID)
            #expect(made.map(\.channel) == [.email, .webhook])
            #expect(made.map { $0.dueAt.timeIntervalSince(bench.now) } == [0, 300])
        }
    }

    @Test func nobodysMethodIsExhaustedAtOnceAndSaysSo() async throws {
        try await Bench.run { bench in
            let page = Samples.page(recipient: Samples.recipient(email: ""))
            try await bench.accept(page)
            #expect(try await bench.state(of: page) == "exhausted no_contact_method")
            let outcome = try #require(try await bench.outcomes().first)
            #expect(outcome.pageID == page.message.pageID && outcome.result == .exhausted && outcome.reason == "no_contact_method")
            #expect(try await bench.queued() == 0)
        }
    }

    @Test func aNewPageReplacesTheUndeliveredOlderOnesOfThatPersonAndIncident() async throws {
        try await Bench.run { bench in
            let incident = IncidentID.make(at: bench.now)
            let older = Samples.page(incident: incident)
            let bobs = Samples.page(incident: incident, recipient: Samples.recipient(Samples.bob, email: "bob@example.org"))
            let elsewhere = Samples.page()
            let notice = Samples.page(kind: .notice, incident: incident, epoch: nil)
            try await bench.accept(older, bobs, elsewhere, notice)
            bench.clock.advance(by: .seconds(1))
            let newer = Samples.page(incident: incident, at: bench.now)
            try await bench.accept(newer)
            #expect(try await bench.state(of: older) == "cancelled superseded")
            for page in [bobs, elsewhere, notice, newer] { #expect(try await bench.state(of: page) == "pending") }
            #expect(try await bench.outcomes().map(\.result) == [.cancelled])
            #expect(try await bench.outcomes().map(\.reason) == ["superseded"])
        }
    }

    @Test func ofTwoPagesToOnePersonInOneRequestTheLaterCounts() async throws {
        try await Bench.run { bench in
            let incident = IncidentID.make(at: bench.now)
            let first = Samples.page(incident: incident)
            let second = Samples.page(incident: incident, at: bench.now.addingTimeInterval(1))
            try await bench.accept(second, first)
            #expect(try await bench.state(of: first) == "cancelled superseded")
            #expect(try await bench.state(of: second) == "pending")
        }
    }

    @Test func aNewEpochEndsThePagesOfOlderOnes() async throws {
        try await Bench.run { bench in
            let incident = IncidentID.make(at: bench.now)
            let old = Samples.page(incident: incident, epoch: 3)
            let current = Samples.page(incident: incident, epoch: 4, recipient: Samples.recipient(Samples.bob, email: "bob@example.org"))
            let notice = Samples.page(kind: .followUp, incident: incident, epoch: nil)
            try await bench.accept(old, current, notice)
            let raised = EpochRaised(incidentID: incident, epoch: 4, reason: "acknowledged")
            #expect(try await bench.pages.raise([raised], now: bench.now) == 1)
            #expect(try await bench.state(of: old) == "cancelled acknowledged")
            #expect(try await bench.state(of: current) == "pending")
            #expect(try await bench.state(of: notice) == "pending")
            #expect(try await bench.outcomes().map(\.reason) == ["acknowledged"])
            #expect(try await bench.pages.raise([raised], now: bench.now) == 0)
        }
    }

    @Test func epochsNeverGoBack() async throws {
        try await Bench.run { (bench) async throws in
            let incident = IncidentID.make(at: bench.now)
            let raise = { (epoch: Int) in EpochRaised(incidentID: incident, epoch: epoch, reason: "resolved") }
            try await bench.pages.raise([raise(5), raise(7), raise(6)], now: bench.now)
            try await bench.pages.raise([raise(4)], now: bench.now)
            let late = Samples.page(incident: incident, epoch: 6)
            try await bench.accept(late)
            #expect(try await bench.state(of: late) == "cancelled resolved")
            let current = Samples.page(incident: incident, epoch: 7)
            try await bench.accept(current)
            #expect(try await bench.state(of: current) == "pending")
        }
    }

    @Test func aBatchOfTwoHundredTakesAFixedNumberOfStatements() async throws {
        try await Bench.run { (bench) async throws in
            let pages = (0..<PageBatch.limit).map { number in
                Samples.page(recipient: Samples.recipient(.make(at: bench.now), email: "user\(number)@example.org"))
            }
            #expect(try await bench.pages.accept(pages, now: bench.now).fresh.count == pages.count)
            #expect(try await bench.queued() == pages.count)
            let exposition = await bench.metrics.exposition(.text)
            #expect(!exposition.isEmpty)
        }
    }

    @Test func textThatPostgreSQLCannotHoldIsStoredWithoutIt() async throws {
        try await Bench.run { bench in
            let page = Samples.page(recipient: Samples.recipient(name: "Al\0ice"))
            try await bench.accept(page)
            #expect(try await bench.state(of: page) == "pending")
        }
    }

    @Test func anEndedNotificationIsQueuedAgainUnlessItsIncidentMovedOn() async throws {
        try await Bench.run { bench in
            let page = Samples.page(lifetime: 10)
            try await bench.accept(page)
            bench.clock.advance(by: .seconds(20))
            _ = try await bench.worker(channels: []).tick(now: bench.now)
            #expect(try await bench.state(of: page) == "expired expired")
            let lanes = try await bench.notifications.retry(
                page.message.pageID, now: bench.now, expiresAt: bench.now.addingTimeInterval(60))
            #expect(lanes == [.mail])
            #expect(try await bench.state(of: page) == "pending")
            #expect(try await bench.notifications.retry(page.message.pageID, now: bench.now, expiresAt: bench.now) == nil)
        }
    }
}
