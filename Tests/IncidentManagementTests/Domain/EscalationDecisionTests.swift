import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct EscalationDecisionTests {
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
                return log
            case .fallback:
                log.append((minute, "fallback without a failed page"))
                return log
            case .fire(let position, let opens):
                var outcome = result(position.step)
                if outcome == .levelSkipped, state.needsFallback(at: position) { outcome = .fallback }
                log.append((minute, (opens == .repeated ? "repeat " : "") + "\(position.step) \(outcome.rawValue)"))
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

    @Test func exhaustedPathBeginsAnewWithAllItsRepeats() {
        var state = Escalation.starting(.standard, at: .example)
        var restarts: [Int] = []
        var exhausted = 0
        while restarts.count < 3, let due = state.nextStepAt {
            switch state.decision {
            case .exhausted:
                exhausted += 1
                state = state.afterExhaustion(at: due)
            case .fallback:
                Issue.record("no page failed")
                return
            case .fire(let position, let opens):
                if opens == .restarted { restarts.append(Int(due.timeIntervalSince(.example) / 60)) }
                state = state.after(position, opens: opens, .paged, firing: .make(at: due), at: due)
            }
        }
        // Three rounds of 30 minutes, then four hours of rest.
        #expect(restarts == [330, 660, 990])
        #expect(exhausted == 3)
    }

    /// What the end of a round of which no page arrived sets is told from every other state, and leads back to the round's own time.
    @Test func failedRoundPagesTheFallbackOnceAndGoesOn() throws {
        var state = Escalation.starting(.standard, at: .example)
        for step in 0..<3 {
            #expect(step == 0 || state.haste == .nextStep)
            state = state.after(.init(step: step, round: 0), .paged, firing: .make(at: .example), at: .example)
        }
        let haste = try #require(state.haste)
        #expect(haste == .fallback(step: 4))
        state.step = 4
        #expect(state.decision == .fallback(.init(step: 3, round: 0)))
        #expect(state.haste == nil)
        state = state.after(.init(step: 3, round: 0), .fallback, firing: .make(at: .example), at: .example)
        #expect(state.decision == .fire(.init(step: 0, round: 1), opens: .repeated))
        #expect(state.nextStepAt == .example + 15 * 60)
    }

    @Test func stepThatFiredThisRoundFiresAgainInANewRoundOnly() {
        var state = Escalation.starting(.standard, at: .example)
        state = state.after(.init(step: 0, round: 0), .paged, firing: .make(at: .example), at: .example)
        state.jump(to: nil, at: .example + 60)
        #expect(state.decision == .fire(.init(step: 1, round: 0), opens: .none))
        #expect(state.nextStepAt == .example + 60)
        state.jump(to: 0, at: .example + 60)
        #expect(state.decision == .fire(.init(step: 0, round: 1), opens: .none))
        #expect(state.firstRound == 1)
        state = state.after(.init(step: 0, round: 1), .paged, firing: .make(at: .example), at: .example + 60)
        #expect(state.nextStepAt == .example + 360)
    }

    @Test func escalatingByHandGoesOnAlsoWhenThePathIsExhausted() {
        var state = Escalation.starting(.standard, at: .example)
        state.step = 3
        state.round = 2
        #expect(state.decision == .exhausted)
        state = state.afterExhaustion(at: .example)
        state.jump(to: nil, at: .example + 60)
        #expect(state.decision == .fire(.init(step: 0, round: 3), opens: .none))
        #expect(state.exhaustedAt == nil)
    }

    @Test func assignedIncidentPagesItsAssigneesFirstAndThePolicyFiveMinutesLater() {
        let policy = EscalationPolicy.standard.directed(to: ["bob@example.org"])
        #expect(policy.steps.map(\.delayMinutes) == [0, 5, 5, 10])
        #expect(policy.steps[0].targets == [.assignees])
        #expect(policy.directed(to: ["carol@example.org"]) == policy)
        #expect(EscalationPolicy.standard.directed(to: []) == .standard)
    }

    @Test func whatMatchesAPolicyThatCannotBeReadGoesToTheDefault() {
        let book = PolicyBook(entries: [
            .init(conditions: PolicyConditions(services: ["checkout"]), policy: nil, name: "broken"),
            .init(conditions: PolicyConditions(), policy: EscalationPolicy.standard, name: "rest"),
        ])
        #expect(book.choice(severity: .low, service: "checkout", team: nil).unreadable == "broken")
        #expect(book.choice(severity: .low, service: "search", team: nil).unreadable == nil)
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

    @Test func policyStoredBeforeThereWereActionsIsStillRead() throws {
        let text = #"{"name":"old","steps":[{"delay_minutes":3,"targets":[{"type":"admins"}]}],"repetition":{"times":1,"after_minutes":2}}"#
        let policy = try WireJSON.decode(EscalationPolicy.self, fromText: text)
        #expect(policy.steps == [EscalationStep(delayMinutes: 3, targets: [.admins])])
        #expect(policy.repetition.times == 1)
        #expect(policy.exhaustion == .usual)
    }
}
