import Auth
import Contracts
import Foundation
import Notification
import TestSupport
import Testing
import WorkQueue

@Suite struct DeliveryStoreTests {
    private func attempt(_ bench: Bench, permit: PermitStanding = .granted, replacing: AttemptID? = nil) -> NewAttempt {
        NewAttempt(id: .make(at: bench.now), permit: permit, replacing: replacing, worker: "test")
    }

    private func accepted(_ attempt: NewAttempt) -> AttemptEnd {
        AttemptEnd(id: attempt.id, result: .accepted(.smtpAccepted, providerID: "250 ok"))
    }

    @Test func whoLostTheLeaseCannotSettle() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let stale = try #require(try await bench.claimAndDie().first)
            bench.clock.advance(by: .seconds(31))
            let fresh = try #require(try await bench.claimAndDie().first)
            let decision = DeliveryDecision.sent(.smtpAccepted, permit: .granted)
            #expect(try await bench.deliveries.settle(stale, as: decision, after: nil, now: bench.now) == .stale)
            #expect(
                try await bench.deliveries.settle(stale, as: .retry(at: bench.now, .timeout, othersNow: false), after: nil, now: bench.now)
                    == .stale)
            #expect(try await bench.state(of: page) == "pending")
            #expect(try await bench.outcomes().isEmpty)
            #expect(try await bench.deliveries.settle(fresh, as: decision, after: nil, now: bench.now) == .done(lanes: []))
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
        }
    }

    @Test func whoLostTheLeaseCannotBegin() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let stale = try #require(try await bench.claimAndDie().first)
            bench.clock.advance(by: .seconds(31))
            let fresh = try #require(try await bench.claimAndDie().first)
            #expect(try await !bench.deliveries.begin(attempt(bench), under: stale.lease, now: bench.now))
            #expect(try await bench.deliveries.begin(attempt(bench), under: fresh.lease, now: bench.now))
        }
    }

    @Test func anAttemptNeedsTwelveSecondsOfItsLease() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let claimed = try #require(try await bench.claimAndDie().first)
            bench.clock.advance(by: .seconds(18))
            #expect(try await bench.deliveries.begin(attempt(bench), under: claimed.lease, now: bench.now))
            bench.clock.advance(by: .milliseconds(1))
            #expect(try await !bench.deliveries.begin(attempt(bench), under: claimed.lease, now: bench.now))
        }
    }

    @Test func noAttemptBeginsForAnOlderEpochOrAReplacedPage() async throws {
        try await Bench.run { bench in
            let incident = IncidentID.make(at: bench.now)
            let acknowledged = Samples.page()
            let replaced = Samples.page(incident: incident, recipient: Samples.recipient(Samples.bob, email: "bob@example.org"))
            try await bench.accept(acknowledged, replaced)
            let claimed = try await bench.claimAndDie()
            let raised = try #require(acknowledged.message.incidentID.map { EpochRaised(incidentID: $0, epoch: 2, reason: "acknowledged") })
            try await bench.pages.raise([raised], now: bench.now)
            bench.clock.advance(by: .seconds(1))
            try await bench.accept(
                Samples.page(incident: incident, recipient: Samples.recipient(Samples.bob, email: "bob@example.org"), at: bench.now))
            #expect(claimed.count == 2)
            for one in claimed {
                #expect(try await !bench.deliveries.begin(attempt(bench), under: one.lease, now: bench.now))
                let verdict = try await bench.deliveries.find(one.delivery.id)?.verdict(at: bench.now)
                #expect(verdict == .cancelled(one.delivery.pageID == replaced.message.pageID ? .superseded : .acknowledged))
            }
        }
    }

    @Test func aStalePermitsAttemptIsAbandonedAndADeadWorkersIsInDoubt() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let dead = try #require(try await bench.claimAndDie().first)
            #expect(try await bench.deliveries.begin(attempt(bench), under: dead.lease, now: bench.now))
            bench.clock.advance(by: .seconds(31))
            let claimed = try #require(try await bench.claimAndDie().first)
            let first = attempt(bench)
            #expect(try await bench.deliveries.begin(first, under: claimed.lease, now: bench.now))
            let second = attempt(bench, replacing: first.id)
            bench.clock.advance(by: .milliseconds(1))
            #expect(try await bench.deliveries.begin(second, under: claimed.lease, now: bench.now))
            _ = try await bench.deliveries.settle(
                claimed, as: .sent(.smtpAccepted, permit: .granted), after: accepted(second), now: bench.now)
            #expect(
                try await bench.attempts(of: page) == [
                    "granted in_doubt interrupted", "granted abandoned permit_stale", "granted accepted smtp_accepted",
                ])
        }
    }

    @Test func aFailedMethodHandsOverToTheNextAtOnce() async throws {
        try await Bench.run { bench in
            #expect(try await bench.add(Samples.method(.webhook, "https://hooks.example/a")))
            #expect(try await bench.rules.add(Samples.rule(.email, after: 0)))
            #expect(try await bench.rules.add(Samples.rule(.webhook, after: 10)))
            let page = Samples.page()
            try await bench.accept(page)
            let mail = try #require(try await bench.claimAndDie().first)
            #expect(try await bench.claimAndDie(.web).isEmpty)
            let settled = try await bench.deliveries.settle(mail, as: .failed(.smtpRejected), after: nil, now: bench.now)
            #expect(settled == .done(lanes: [.web]))
            #expect(try await bench.state(of: page) == "pending")
            let hook = try #require(try await bench.claimAndDie(.web).first)
            _ = try await bench.deliveries.settle(hook, as: .failed(.clientError), after: nil, now: bench.now)
            #expect(try await bench.state(of: page) == "exhausted client_error")
            #expect(try await bench.outcomes().map(\.result) == [.exhausted])
        }
    }

    @Test func twoLastDeliveriesThatFailAtOnceStillEndThePage() async throws {
        try await Bench.run { bench in
            for letter in ["a", "b", "c", "d"] {
                #expect(try await bench.add(Samples.method(.webhook, "https://hooks.example/\(letter)")))
            }
            for _ in 0..<10 {
                let page = Samples.page(channels: [.webhook])
                try await bench.accept(page)
                let claimed = try await bench.claimAndDie(.web)
                #expect(claimed.count == 4)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for one in claimed {
                        group.addTask { _ = try await bench.deliveries.settle(one, as: .failed(.clientError), after: nil, now: bench.now) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await bench.state(of: page) == "exhausted client_error")
            }
            #expect(try await bench.outcomes().count == 10)
        }
    }

    @Test func aReceiverThatIsGoneDisablesTheMethod() async throws {
        try await Bench.run { bench in
            let method = Samples.method(.webhook, "https://hooks.example/a")
            #expect(try await bench.add(method))
            try await bench.accept(Samples.page(channels: [.webhook]))
            let claimed = try #require(try await bench.claimAndDie(.web).first)
            let end = AttemptEnd(id: .make(at: bench.now), result: .permanent(.gone))
            _ = try await bench.deliveries.settle(claimed, as: .failed(.gone), after: end, now: bench.now)
            #expect(try await bench.methods.find(method.id)?.isEnabled == false)
        }
    }

    @Test func whatWasNotBegunIsHandedBackUncounted() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let claimed = try await bench.claimAndDie()
            try await bench.deliveries.release(claimed)
            let again = try #require(try await bench.claimAndDie().first)
            #expect(again.lease.attempts == 1 && again.lease.crashes == 0)
        }
    }
}
