package import Contracts
import Foundation

/// Goes through a policy without paging anybody: the engine's own planner, asked instant by instant until the path is exhausted.
package struct WhatIf: Sendable {
    package typealias Preview = @Sendable ([PageMessage]) async throws -> [PagePreview]

    /// Instants looked at: a policy of 20 steps repeated nine times fires 200; the rest is for levels that are held for a while.
    private static let lookLimit = 400

    private let resolver: RecipientResolver
    private let turns: RoundRobinStore
    private let preview: Preview

    package init(resolver: RecipientResolver, turns: RoundRobinStore, preview: @escaping Preview) {
        self.resolver = resolver
        self.turns = turns
        self.preview = preview
    }

    package struct Result: Sendable {
        package var moments: [SimulatedMoment] = []
        /// False when a neighbour did not answer, or the path is longer than what is looked at.
        package var isComplete = true
    }

    /// What would happen to an incident that opens when it was created.
    package func run(_ incident: Incident) async throws -> Result {
        let opened = incident.createdAt
        var incident = incident
        var result = Result()
        var taken: [Int: [Int: String]] = [:]
        for _ in 0..<Self.lookLimit {
            guard let due = incident.escalation.nextStepAt, incident.status == .open else { return result }
            let decision = incident.escalation.decision
            let look = try await self.look(decision, incident, &taken, at: due)
            let outcome = look.until.map { look.outcome.postponed($0) } ?? look.outcome
            let isAgain = if case .held = outcome.kind { incident.escalation.heldSince != nil } else { false }
            if !isAgain { result.moments.append(SimulatedMoment(outcome, opens: decision.opens, at: due, opened: opened)) }
            if try await !describe(outcome, &result, at: due) { result.isComplete = false }
            // Each further question would wait for its time-out too.
            if look.source != .asked {
                result.isComplete = false
                return result
            }
            incident.escalation = outcome.next
            if case .exhausted = outcome.kind { return result }
            // What an alert count waits for, nobody can foresee.
            if case .held(.tooFewAlerts) = outcome.kind { return result }
            if let plan = outcome.firing?.plan { _ = try incident.apply(plan, by: StepOutcome.engineActor, at: due) }
        }
        result.isComplete = false
        return result
    }

    /// What one instant came to.
    private struct Look {
        let outcome: StepOutcome
        /// For a level that is held, when its people can change at the earliest.
        var until: Date?
        var source = StepFacts.OnCallSource.asked
    }

    private func look(
        _ decision: EscalationDecision, _ incident: Incident, _ taken: inout [Int: [Int: String]], at now: Date
    ) async throws -> Look {
        guard case .fire(let position, let opens) = decision, let planner = StepPlanner(incident, at: position) else {
            let fallback = incident.escalation.policy.exhaustion.pageFallback ? try await resolver.fallbackRecipients() : []
            return Look(outcome: .exhausted(incident, fence: 0, fallback: fallback, at: now))
        }
        var facts = StepFacts()
        facts.alertsGained = incident.alertCount
        if planner.isLastChance { facts.fallback = try await resolver.fallbackRecipients() }
        let gated = planner.gate(facts, at: now)
        if gated == nil {
            facts = try await resolver.people(
                for: incident, at: position, planner, for: .preview, into: facts, reach: OnCallReach(), now: now)
            facts.turns = try await turn(planner, facts, incident, position, &taken, at: now)
        }
        switch gated ?? planner.decide(facts, at: now) {
        case .wait(let until, let hindrance):
            return Look(
                outcome: .held(incident, fence: 0, position, until: until, hindrance, at: now),
                until: hindrance == .nobodyOnCall ? facts.onCallUntil.map { max(until, $0) } : nil, source: facts.onCallSource)
        case .act(let plan):
            return Look(
                outcome: .fired(incident, fence: 0, position, opens: opens, plan, publicURL: "", at: now), source: facts.onCallSource)
        }
    }

    /// Who is next in turn, going on from whoever really was last; nobody loses a turn by it.
    private func turn(
        _ planner: StepPlanner, _ facts: StepFacts, _ incident: Incident, _ position: EscalationDecision.Position,
        _ taken: inout [Int: [Int: String]], at now: Date
    ) async throws -> [Int: String] {
        let candidates = planner.candidates(facts, at: now)
        guard !candidates.isEmpty else { return [:] }
        var last = taken[position.step] ?? [:]
        if taken[position.step] == nil, let policy = incident.escalation.policy.id {
            last = try await turns.last(policy, step: position.step)
        }
        for (action, people) in candidates { last[action] = RoundRobin.next(after: last[action], among: people) }
        taken[position.step] = last
        return last
    }

    /// Adds the channels to the pages of the moment that was added last.
    /// - Returns: whether they are known.
    private func describe(_ outcome: StepOutcome, _ result: inout Result, at now: Date) async throws -> Bool {
        guard let pages = outcome.firing?.pages, !pages.isEmpty, let place = result.moments.indices.last else { return true }
        guard let previews = try? await preview(pages) else { return false }
        let deliveries = Dictionary(previews.map { ($0.pageID, $0.deliveries) }) { first, _ in first }
        for (index, page) in pages.enumerated() {
            result.moments[place].pages[index].deliveries = deliveries[page.pageID]?.map { delivery in
                .init(channel: delivery.channel, at: now + TimeInterval(delivery.delayMinutes * 60))
            }
        }
        return true
    }
}

extension StepOutcome {
    /// The same, due again later than the engine would look.
    fileprivate func postponed(_ until: Date) -> StepOutcome {
        var next = next
        next.nextStepAt = until
        return StepOutcome(incident: incident, fence: fence, kind: kind, next: next, entries: entries)
    }
}
