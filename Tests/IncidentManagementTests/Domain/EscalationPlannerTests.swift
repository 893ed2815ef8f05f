import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct EscalationPlannerTests {
    /// Walks an escalation as the worker would, ticking exactly when it is due.
    static func walk(_ policy: EscalationPolicy, answering result: (Int) -> FiringResult) -> [(minute: Int, what: String)] {
        var state = Escalation.starting(policy, at: .example)
        var log: [(Int, String)] = []
        for _ in 0..<50 {
            guard let due = state.nextStepAt else { break }
            let minute = Int(due.timeIntervalSince(.example) / 60)
            switch state.decision {
            case .exhausted:
                log.append((minute, "exhausted"))
                state = state.afterExhaustion
            case .fire(let position, let isRepeat):
                var outcome = result(position.step)
                if outcome == .levelSkipped, state.needsFallback(at: position) { outcome = .fallback }
                log.append((minute, (isRepeat ? "repeat " : "") + "\(position.step) \(outcome.rawValue)"))
                state = state.after(position, outcome, firing: .make(at: due), at: due)
            }
        }
        return log
    }

    @Test func pagesAtTheMinutesOfScenarioD1() {
        let policy = EscalationPolicy(
            name: "d1",
            steps: [
                EscalationStep(delayMinutes: 0, targets: [.onCall(.primary)]),
                EscalationStep(delayMinutes: 5, targets: [.onCall(.secondary)]),
                EscalationStep(delayMinutes: 10, targets: [.admins]),
            ],
            repetition: .init(times: 1, afterMinutes: 15)
        )
        let log = Self.walk(policy) { _ in .paged }
        #expect(log.map(\.minute) == [0, 5, 15, 30, 35, 45, 60])
        #expect(log.map(\.what) == ["0 paged", "1 paged", "2 paged", "repeat 0 paged", "1 paged", "2 paged", "exhausted"])
    }

    @Test func emptyLevelMakesTheNextOneDueAtOnce() {
        let log = Self.walk(.standard) { $0 == 0 ? .levelSkipped : .paged }
        #expect(log.prefix(3).map(\.minute) == [0, 0, 10])
        #expect(log.prefix(2).map(\.what) == ["0 level_skipped", "1 paged"])
    }

    @Test func roundThatReachesNobodyPagesTheFallbackOnceAndThenWaits() {
        let log = Self.walk(.standard) { _ in .levelSkipped }
        #expect(
            log.map(\.what) == [
                "0 level_skipped", "1 level_skipped", "2 fallback", "repeat 0 level_skipped", "1 level_skipped", "2 fallback",
                "repeat 0 level_skipped", "1 level_skipped", "2 fallback", "exhausted",
            ])
        #expect(log.map(\.minute) == [0, 0, 0, 15, 15, 15, 30, 30, 30, 45])
    }

    @Test func fallbackIsNotNeededWhenTheRoundPagedSomebodyBefore() {
        let log = Self.walk(.standard) { $0 == 2 ? .levelSkipped : .paged }
        #expect(log.filter { $0.what.contains("fallback") }.isEmpty)
    }

    @Test func lateFiringMovesTheRestBackInsteadOfCatchingUp() {
        let state = Escalation.starting(.standard, at: .example)
        let late = Date.example + 40 * 60
        let next = state.after(.init(step: 0, round: 0), .paged, firing: .make(at: late), at: late)
        #expect(next.nextStepAt == late + 5 * 60)
    }

    @Test func policyWithoutStepsNeverStartsATimer() {
        let policy = EscalationPolicy(name: "empty", steps: [], repetition: .init(times: 3, afterMinutes: 1))
        #expect(Escalation.starting(policy, at: .example).nextStepAt == nil)
    }

    @Test func firstPolicyThatMatchesWinsAndTheDefaultTakesTheRest() {
        let payments = EscalationPolicy(name: "payments", steps: [], repetition: .init(times: 0, afterMinutes: 0))
        let critical = EscalationPolicy(name: "critical", steps: [], repetition: .init(times: 0, afterMinutes: 0))
        let book = PolicyBook(entries: [
            .init(conditions: PolicyConditions(services: ["checkout", "billing"], teams: ["payments"]), policy: payments),
            .init(conditions: PolicyConditions(severities: [.critical]), policy: critical),
        ])
        #expect(book.policy(severity: .critical, service: "billing", team: "payments").name == "payments")
        #expect(book.policy(severity: .critical, service: "billing", team: nil).name == "critical")
        #expect(book.policy(severity: .low, service: "search", team: nil).name == "default")
    }

    @Test func storedPolicyReadsBackAsItWas() throws {
        let policy = EscalationPolicy(
            name: "p", steps: [EscalationStep(delayMinutes: 3, targets: [.onCall(.secondary), .user(.make(at: .example)), .admins])],
            repetition: .init(times: 1, afterMinutes: 2)
        )
        let text = try WireJSON.encodeText(policy)
        #expect(text.contains(#""type":"on_call""#))
        #expect(try WireJSON.decode(EscalationPolicy.self, fromText: text) == policy)
    }
}
