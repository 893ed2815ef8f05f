import Contracts
import Foundation
import Notification
import Testing

@Suite struct DeliveryDecisionTests {
    private static let now = Samples.now
    private static let soon = now.addingTimeInterval(1_800)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let result: ChannelResult
        var tries = 1
        var took = Duration.milliseconds(40)
        var permit = PermitStanding.granted
        var expiresAt = soon
        let expected: DeliveryDecision
        let reason: String
        var othersNow = false
    }

    static let cases: [Case] = [
        Case(
            testDescription: "accepted is sent", result: .accepted(.smtpAccepted, providerID: "250 ok"),
            expected: .sent(.smtpAccepted, permit: .granted), reason: "smtp_accepted"),
        Case(
            testDescription: "accepted without an answer to the permit says so", result: .accepted(.smtpAccepted), permit: .unanswered,
            expected: .sent(.smtpAccepted, permit: .unanswered), reason: "sent_without_permit"),
        Case(
            testDescription: "simulated is sent", result: .accepted(.simulated), permit: .notNeeded,
            expected: .sent(.simulated, permit: .notNeeded), reason: "simulated"),
        Case(
            testDescription: "temporary is tried again", result: .temporary(.timeout),
            expected: .retry(at: now.addingTimeInterval(1), .timeout, othersNow: false), reason: "timeout"),
        Case(
            testDescription: "the second temporary failure does not let the others wait", result: .temporary(.smtpTemporary), tries: 2,
            expected: .retry(at: now.addingTimeInterval(2), .smtpTemporary, othersNow: true), reason: "smtp_temporary", othersNow: true),
        Case(
            testDescription: "the provider's wish wins", result: .temporary(.rateLimited, retryAfter: .seconds(9)),
            expected: .retry(at: now.addingTimeInterval(9), .rateLimited, othersNow: false), reason: "rate_limited"),
        Case(
            testDescription: "a long wish is the provider's, and the others do not share it",
            result: .temporary(.rateLimited, retryAfter: .seconds(90)),
            expected: .retry(at: now.addingTimeInterval(90), .rateLimited, othersNow: true), reason: "rate_limited", othersNow: true),
        Case(
            testDescription: "ten seconds without an answer are enough for the others", result: .temporary(.timeout), took: .seconds(10),
            expected: .retry(at: now.addingTimeInterval(1), .timeout, othersNow: true), reason: "timeout", othersNow: true),
        Case(
            testDescription: "a wish for now is a second", result: .temporary(.rateLimited, retryAfter: .zero),
            expected: .retry(at: now.addingTimeInterval(1), .rateLimited, othersNow: false), reason: "rate_limited"),
        Case(
            testDescription: "a retry past the expiry is none, and the others go at once",
            result: .temporary(.rateLimited, retryAfter: .seconds(3_600)), expected: .expired, reason: "expired", othersNow: true),
        Case(
            testDescription: "permanent fails and the others go at once", result: .permanent(.smtpRejected),
            expected: .failed(.smtpRejected),
            reason: "smtp_rejected", othersNow: true),
    ]

    @Test(arguments: cases) func theResultOfAnAttemptDecides(_ given: Case) {
        let decision = DeliveryDecision.after(
            given.result, tries: given.tries, took: given.took, permit: given.permit, now: Self.now, expiresAt: given.expiresAt, chance: 0.5
        )
        #expect(decision == given.expected)
        #expect(decision.reason == given.reason)
        #expect(decision.bringsOthersForward == given.othersNow)
    }

    @Test(arguments: [(1, 2.0), (2, 4.0), (3, 8.0), (4, 16.0), (5, 30.0), (6, 30.0), (100, 30.0)])
    func theBackOffDoublesToItsCapWithFullJitter(tries: Int, bound: Double) {
        #expect(RetryDelay.seconds(afterTries: tries, asked: nil, chance: 0) == 0)
        #expect(RetryDelay.seconds(afterTries: tries, asked: nil, chance: 1) == bound)
    }

    @Test(arguments: [
        ([DeliveryState.queued], nil), ([.queued, .failed], nil), ([.sent, .queued], PageState.sent), ([.failed, .sent], .sent),
        ([.failed], .exhausted), ([.failed, .expired, .cancelled], .exhausted), ([.buried], .exhausted), ([], .exhausted),
        ([.expired, .cancelled], .expired), ([.cancelled], .cancelled),
    ])
    func aPageEndsWithItsLastDelivery(deliveries: [DeliveryState], conclusion: PageState?) {
        #expect(PageState.conclusion(of: deliveries) == conclusion)
    }

    struct Standing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var epoch: Int? = 3
        var heard: Int?
        var deadReason: String?
        var expiresIn: TimeInterval = 60
        var isMethodGone = false
        let verdict: DeliveryDecision?
    }

    static let standings: [Standing] = [
        Standing(testDescription: "nothing against it", verdict: nil),
        Standing(testDescription: "its own epoch heard", heard: 3, verdict: nil),
        Standing(testDescription: "a newer epoch heard", heard: 4, verdict: .cancelled(.resolved)),
        Standing(testDescription: "a notice has no epoch to die by", epoch: nil, heard: 4, verdict: nil),
        Standing(testDescription: "replaced", deadReason: "superseded", verdict: .cancelled(.superseded)),
        Standing(testDescription: "expired", expiresIn: 0, verdict: .expired),
        Standing(testDescription: "dead outweighs expired", deadReason: "acknowledged", expiresIn: -1, verdict: .cancelled(.acknowledged)),
        Standing(testDescription: "its method was removed", isMethodGone: true, verdict: .failed(.contactMethodGone)),
    ]

    @Test(arguments: standings) func whatIsKnownLocallyIsLookedAtFirst(_ given: Standing) {
        let incident = IncidentID.make(at: Self.now)
        let delivery = DueDelivery(
            id: .make(at: Self.now), pageID: .make(at: Self.now), kind: .page, channel: .email, contactMethod: nil, incidentID: incident,
            epoch: given.epoch, expiresAt: Self.now.addingTimeInterval(given.expiresIn), deadReason: given.deadReason,
            heard: given.heard.map { EpochRaised(incidentID: incident, epoch: $0, reason: "resolved") }, isMethodGone: given.isMethodGone)
        #expect(delivery.verdict(at: Self.now) == given.verdict)
    }

    @Test func everyRefusalOfAPermitHasAReason() {
        for verdict in PermitAnswer.Verdict.allCases {
            #expect((CancelReason(verdict) == nil) == (verdict == .granted))
        }
    }
}
