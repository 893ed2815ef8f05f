import Contracts
import Foundation
import Notification
import TestSupport
import Testing

@Suite struct PermitGateTests {
    private let stopwatch = ManualStopwatch()
    private let page = PageID.make(at: Samples.now)
    private let incident = IncidentID.make(at: Samples.now)

    private func decide(_ permits: RecordingPermits) async -> PermitDecision {
        await PermitGate(permits, stopwatch: stopwatch).decide(page: page, incident: incident, epoch: 7, now: Samples.now)
    }

    @Test func aGrantNamesItsAttemptAndTheTimeBeforeTheQuestion() async throws {
        stopwatch.advance(by: .seconds(5))
        let permits = RecordingPermits { [stopwatch] _, _ in
            stopwatch.advance(by: .milliseconds(30))
            return .granted
        }
        let decision = await decide(permits)
        let question = try #require(permits.asked.first)
        #expect(decision == .granted(question.attemptID, at: .seconds(5)))
        #expect(question.pageID == page && question.incidentID == incident && question.epoch == 7)
    }

    @Test(arguments: PermitAnswer.Verdict.allCases.filter { $0 != .granted })
    func aRefusalNamesItsReason(_ verdict: PermitAnswer.Verdict) async throws {
        let permits = RecordingPermits { _, _ in verdict }
        #expect(await decide(permits) == .refused(try #require(CancelReason(verdict))))
        #expect(permits.asked.count == 1)
    }

    @Test func silenceIsAskedAgainForTwoSecondsThenThePageGoesAhead() async {
        let permits = RecordingPermits { [stopwatch] _, deadline in
            stopwatch.advance(by: deadline)
            throw RecordingPermits.Unanswered()
        }
        guard case .unanswered = await decide(permits) else {
            Issue.record("silence must not stop a page")
            return
        }
        #expect(stopwatch.elapsed >= PermitGate.patience && stopwatch.elapsed < PermitGate.patience + .milliseconds(100))
        #expect(permits.asked.count == 4)
    }

    @Test func anAnswerAfterSomeSilenceCounts() async {
        let permits = RecordingPermits { [stopwatch] _, deadline in
            if stopwatch.elapsed < .milliseconds(900) {
                stopwatch.advance(by: deadline)
                throw RecordingPermits.Unanswered()
            }
            return .acknowledged
        }
        #expect(await decide(permits) == .refused(.acknowledged))
        #expect(Set(permits.asked.map(\.attemptID)).count == permits.asked.count)
    }

    @Test func aGrantIsGoodForHalfASecond() {
        let gate = PermitGate(RecordingPermits(), stopwatch: stopwatch)
        stopwatch.advance(by: .milliseconds(499))
        #expect(gate.isFresh(grantedAt: .zero))
        stopwatch.advance(by: .milliseconds(1))
        #expect(!gate.isFresh(grantedAt: .zero))
    }
}
