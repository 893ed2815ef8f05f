import Contracts
import Foundation
import Notification
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

/// What a delivery asks incident-management for before the call, and what the answer does to it.
@Suite struct DeliveryPermitTests {
    @Test(arguments: [PermitAnswer.Verdict.acknowledged, .resolved, .unknownIncident])
    func aRefusedPermitCancelsWithoutACall(_ verdict: PermitAnswer.Verdict) async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], permits: RecordingPermits { _, _ in verdict }).tick(now: bench.now)
            #expect(channel.sent.isEmpty)
            #expect(try await bench.state(of: page) == "cancelled \(verdict.rawValue)")
            #expect(try await bench.outcomes().map(\.result) == [.cancelled])
        }
    }

    @Test func anUnansweredPermitLetsThePageGoAheadAndSaysSo() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], permits: RecordingPermits.silent).tick(now: bench.now)
            #expect(channel.sent.count == 1)
            #expect(try await bench.attempts(of: page) == ["unanswered accepted smtp_accepted"])
            #expect(try await bench.outcomes().map(\.reason) == ["sent_without_permit"])
            #expect(await bench.metrics.exposition(.text).contains("tocsin_permit_fail_open_total 1"))
        }
    }

    @Test func aGrantThatWentStaleBeforeTheCallIsAskedForAgain() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let stopwatch = ManualStopwatch()
            let permits = RecordingPermits { [stopwatch] question, _ in
                // The first answer took so long that its grant is over when the attempt is written down.
                if stopwatch.elapsed == .zero { stopwatch.advance(by: .milliseconds(500)) }
                return .granted
            }
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], permits: permits, stopwatch: stopwatch).tick(now: bench.now)
            #expect(channel.sent.count == 1)
            #expect(Set(permits.asked.map(\.attemptID)).count == 2)
            #expect(try await bench.attempts(of: page).sorted() == ["granted abandoned permit_stale", "granted accepted smtp_accepted"])
        }
    }

    @Test func grantsThatAreAlwaysStaleCountAsNoAnswer() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let stopwatch = ManualStopwatch()
            let permits = RecordingPermits { [stopwatch] _, _ in
                stopwatch.advance(by: .milliseconds(600))
                return .granted
            }
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], permits: permits, stopwatch: stopwatch).tick(now: bench.now)
            #expect(channel.sent.count == 1)
            #expect(try await bench.outcomes().map(\.reason) == ["sent_without_permit"])
        }
    }

    @Test func permitAndCallAreUnderTheTraceOfThePage() async throws {
        try await Bench.run { bench in
            let trace = TraceParent.make()
            let page = Samples.page(traceparent: trace)
            try await bench.accept(page)
            let permits = RecordingPermits { _, _ in TraceContext.current?.traceID == trace.traceID ? .granted : .acknowledged }
            let channel = RecordingChannel(.email) { _ in
                TraceContext.current?.traceID == trace.traceID ? .accepted(.smtpAccepted) : .permanent(.clientError)
            }
            _ = try await bench.worker(channels: [channel], permits: permits).tick(now: bench.now)
            #expect(try await bench.state(of: page) == "sent smtp_accepted")
        }
    }

    @Test(arguments: [PageMessage.Kind.followUp, .notice]) func newsNeedsNoPermit(_ kind: PageMessage.Kind) async throws {
        try await Bench.run { bench in
            let page = Samples.page(kind: kind, epoch: nil)
            try await bench.accept(page)
            let permits = RecordingPermits.silent
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel], permits: permits).tick(now: bench.now)
            #expect(channel.sent.count == 1 && permits.asked.isEmpty)
            #expect(try await bench.outcomes().isEmpty)
        }
    }

    @Test func anEpochRaisedWhileTheWorkerHeldThePageStopsIt() async throws {
        try await Bench.run { bench in
            let page = Samples.page()
            try await bench.accept(page)
            let incident = try #require(page.message.incidentID)
            let channel = RecordingChannel(.email)
            // The permit is asked after the claim: the epoch rises in between, and the permit says yes nevertheless.
            let permits = RecordingPermits { _, _ in
                try await bench.pages.raise([EpochRaised(incidentID: incident, epoch: 2, reason: "acknowledged")], now: bench.now)
                return .granted
            }
            _ = try await bench.worker(channels: [channel], permits: permits).tick(now: bench.now)
            #expect(channel.sent.isEmpty)
            #expect(try await bench.state(of: page) == "cancelled acknowledged")
        }
    }
}
