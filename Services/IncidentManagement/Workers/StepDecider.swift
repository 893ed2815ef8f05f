import Contracts
package import Foundation
import Logging

/// Decides one due incident: gathers the facts, asks the planner, and takes turns where a step goes in turn.
///
/// While a step may still have to wait, OnCall is only asked who it would be: an answer that is recorded counts for the step for good, and a
/// hand-off during the wait would page the wrong person.
package struct StepDecider: Sendable {
    private let store: EscalationStore
    private let resolver: RecipientResolver
    private let turns: RoundRobinStore
    private let publicURL: String

    package init(store: EscalationStore, resolver: RecipientResolver, turns: RoundRobinStore, publicURL: String) {
        self.store = store
        self.resolver = resolver
        self.turns = turns
        self.publicURL = publicURL
    }

    package func outcome(of due: EscalationStore.Due, reach: OnCallReach, now: Date) async throws -> StepOutcome {
        let incident = due.incident
        switch incident.escalation.decision {
        case .exhausted:
            let fallback = incident.escalation.policy.exhaustion.pageFallback ? try await resolver.fallbackRecipients() : []
            return .exhausted(incident, fence: due.fence, fallback: fallback, publicURL: publicURL, at: now)
        case .fallback(let position):
            let fallback = try await resolver.fallbackRecipients()
            let plan = fallback.isEmpty ? StepPlan(.levelSkipped) : .fallback(fallback)
            return .fired(incident, fence: due.fence, position, plan, publicURL: publicURL, at: now)
        case .fire(let position, let opens):
            let (decision, heard) =
                due.isPoisoned
                ? (.act(.fallback(try await resolver.fallbackRecipients())), nil) : try await decide(incident, position, reach, now: now)
            switch decision {
            case .wait(let until, let hindrance):
                return .held(incident, fence: due.fence, position, until: until, hindrance, at: now)
            case .act(let plan):
                var outcome = StepOutcome.fired(incident, fence: due.fence, position, opens: opens, plan, publicURL: publicURL, at: now)
                outcome.heard = heard
                return outcome
            }
        }
    }

    private func decide(
        _ incident: Incident, _ position: EscalationDecision.Position, _ reach: OnCallReach, now: Date
    ) async throws -> (StepDecision, HeardAnswer?) {
        guard let planner = StepPlanner(incident, at: position) else { return (.act(StepPlan(.levelSkipped)), nil) }
        var facts = StepFacts()
        if let minutes = planner.rateMinutes {
            facts.alertsGained = try await store.alertsGained(incident, since: now - TimeInterval(minutes * 60))
        }
        if planner.isLastChance { facts.fallback = try await resolver.fallbackRecipients() }
        if let hindered = planner.gate(facts, at: now) { return (hindered, nil) }
        if planner.mayHold {
            let preview = try await resolver.people(
                for: incident, at: position, planner, for: .preview, into: facts, reach: reach, now: now)
            if case .wait(let until, let hindrance) = planner.decide(preview, at: now) { return (.wait(until: until, hindrance), nil) }
        }
        facts = try await resolver.people(for: incident, at: position, planner, for: .firing, into: facts, reach: reach, now: now)
        for (action, people) in planner.candidates(facts, at: now) {
            guard let policy = incident.escalation.policy.id else { continue }
            facts.turns[action] = try await turns.take(policy, step: position.step, action: action, among: people)
        }
        return (planner.decide(facts, at: now, mayWait: false), facts.heard)
    }
}
