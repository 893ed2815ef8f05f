package import Contracts
package import Foundation

/// Decides what a due step does: a pure function of the incident, the policy in it, the facts and the instant.
package struct StepPlanner: Sendable {
    let incident: Incident
    let position: EscalationDecision.Position
    let step: EscalationStep

    /// Nil for a position the policy does not have.
    package init?(_ incident: Incident, at position: EscalationDecision.Position) {
        guard incident.escalation.policy.steps.indices.contains(position.step) else { return nil }
        self.incident = incident
        self.position = position
        step = incident.escalation.policy.steps[position.step]
    }

    private var policy: EscalationPolicy { incident.escalation.policy }

    /// The questions the step means to OnCall, each once.
    package var questions: [EscalationTarget] {
        var questions: [EscalationTarget] = []
        for question in step.targets.flatMap({ $0.questions(team: incident.team) }) where !questions.contains(question) {
            questions.append(question)
        }
        return questions
    }

    /// The targets that IncidentManagement knows itself.
    package var knownTargets: Set<StepTarget> {
        Set(step.targets.filter { $0.questions(team: incident.team).isEmpty && $0.address == nil })
    }

    /// The minutes whose alerts the gate counts; nil without such a gate.
    package var rateMinutes: Int? {
        if case .rate(_, let minutes) = step.gate?.condition { minutes } else { nil }
    }

    /// Whether people's own time of day decides.
    package var asksForDaytime: Bool { policy.lowUrgencyHours != nil && incident.severity.urgency == .low }

    /// Whether the step may have to wait although it is due, so that whoever is on call must not be settled yet.
    package var mayHold: Bool { asksForDaytime || (policy.emptyLevel == .hold && !questions.isEmpty) }

    /// Whether an empty level here must reach the fallback.
    package var isLastChance: Bool { incident.escalation.needsFallback(at: position) }

    /// Whether somebody the step names has to be replaced by the fallback.
    package func replaces(_ facts: StepFacts) -> Bool { facts.onCallSource == .unreachable || !lost(facts).isEmpty }

    /// What the gate says, before anybody is asked; nil lets the step pass.
    package func gate(_ facts: StepFacts, at now: Date) -> StepDecision? {
        guard let gate = step.gate else { return nil }
        switch gate.condition {
        case .hours(let hours):
            return hours.contains(now) ? nil : hindered(.outsideHours, gate.otherwise, until: hours.opening(from: now), facts, at: now)
        case .rate(let alerts, _):
            guard facts.alertsGained < alerts else { return nil }
            return hindered(.tooFewAlerts, gate.otherwise, until: now + Escalation.holdInterval, facts, at: now)
        }
    }

    /// What the step does with these facts.
    /// - Parameter mayWait: false decides now: when all sleep, all are paged.
    package func decide(_ facts: StepFacts, at now: Date, mayWait: Bool = true) -> StepDecision {
        let groups = people(facts)
        let reachable = groups.flatMap(\.recipients)
        let mayWait = mayWait && incident.escalation.mayWait(at: now)
        if reachable.isEmpty, !lost(facts).isEmpty || facts.onCallSource != .asked || step.notifications.isEmpty {
            return .act(plan(groups, facts))
        }
        if reachable.isEmpty, mayWait, policy.emptyLevel == .hold, !questions.isEmpty {
            return .wait(until: now + Escalation.holdInterval, .nobodyOnCall)
        }
        guard asksForDaytime, let hours = policy.lowUrgencyHours else { return .act(plan(groups, facts)) }
        let awake = groups.map { $0.filtered { isAwake($0, hours, facts, at: now) } }
        let persons = reachable.filter(\.isPerson)
        if persons.isEmpty || awake.flatMap(\.recipients).contains(where: \.isPerson) { return .act(plan(awake, facts)) }
        // All of them sleep, and waiting has an end.
        guard mayWait else { return .act(plan(groups, facts)) }
        let mornings = persons.map { hours.opening(from: now, in: zone(of: $0, facts)) }
        return .wait(until: mornings.min() ?? now + Escalation.holdInterval, .night)
    }

    /// Those among whom the actions that go in turn choose, by the place of the action.
    package func candidates(_ facts: StepFacts, at now: Date) -> [Int: [String]] {
        var candidates: [Int: [String]] = [:]
        for group in people(facts) where group.notify.isRoundRobin {
            var recipients = group.recipients
            if asksForDaytime, let hours = policy.lowUrgencyHours {
                let awake = recipients.filter { isAwake($0, hours, facts, at: now) }
                if !awake.isEmpty { recipients = awake }
            }
            if !recipients.isEmpty { candidates[group.index] = recipients.map(\.key) }
        }
        return candidates
    }
}

extension StepPlanner {
    private func hindered(
        _ hindrance: StepHindrance, _ otherwise: StepGate.Otherwise, until: Date, _ facts: StepFacts, at now: Date
    ) -> StepDecision {
        if otherwise == .wait, incident.escalation.mayWait(at: now) { return .wait(until: until, hindrance) }
        return .act(empty(hindrance, facts))
    }

    /// A level that reaches nobody: skipped, unless it is the last chance of a round that paged nobody.
    private func empty(_ hindrance: StepHindrance, _ facts: StepFacts) -> StepPlan {
        if isLastChance, !facts.fallback.isEmpty { return .fallback(facts.fallback) }
        return StepPlan(.levelSkipped, hindrance: hindrance)
    }

    private func plan(_ groups: [Group], _ facts: StepFacts) -> StepPlan {
        var plan = StepPlan(.acted)
        for group in groups {
            let chosen = group.notify.isRoundRobin ? inTurn(group, facts) : group.recipients
            plan.calls += chosen.map { recipient in
                StepPlan.Call(recipient, channels: group.channels(of: recipient), message: group.notify.message)
            }
        }
        let lost = lost(facts)
        if !plan.calls.isEmpty {
            plan.result = .paged
        } else if replaces(facts) {
            plan.result = .fallback
        } else if !step.notifications.isEmpty {
            plan = empty(.nobodyOnCall, facts)
        } else if isLastChance, !facts.fallback.isEmpty {
            plan = .fallback(facts.fallback)
        }
        // Whoever cannot be reached is replaced, beside whoever can (architecture §4.1).
        if replaces(facts) { plan.calls += facts.fallback.map { StepPlan.Call($0) } }
        plan.calls = plan.calls.uniqued()
        if plan.result == .fallback, plan.calls.isEmpty { plan = StepPlan(.levelSkipped, hindrance: .nobodyOnCall) }
        plan.remarks = remarks(lost, facts)
        act(&plan, facts)
        return plan
    }

    /// Everything but the notifications.
    private func act(_ plan: inout StepPlan, _ facts: StepFacts) {
        for action in step.actions {
            switch action {
            case .notify: break
            case .assign(let targets):
                let people = targets.flatMap { recipients(of: $0, facts) }.filter(\.isReachable)
                if !people.isEmpty { plan.assignees = people }
            case .setSeverity(let severity): plan.severity = severity
            case .setStatus(let status): plan.status = status
            case .webhook(let url): plan.webhooks.append(url)
            }
        }
    }

    private func inTurn(_ group: Group, _ facts: StepFacts) -> [Recipient] {
        let chosen = group.recipients.first { $0.key == facts.turns[group.index] } ?? group.recipients.first
        return chosen.map { [$0] } ?? []
    }

    private func remarks(_ lost: [Recipient], _ facts: StepFacts) -> [StepPlan.Remark] {
        var remarks: [StepPlan.Remark] = []
        if facts.onCallSource != .asked {
            let used = facts.onCallSource == .lastAnswer ? "last_answer" : "fallback"
            remarks.append(.init(kind: .onCallUnreachable, details: ["used": used]))
        }
        return remarks
            + lost.map { .init(kind: .memberUnreachable, details: ["member": $0.name, "role": $0.role, "reason": $0.reason]) }
    }
}

extension [StepPlan.Call] {
    /// One page a person, whatever number of ways led to them.
    func uniqued() -> [StepPlan.Call] {
        var seen: Set<String> = []
        return filter { seen.insert($0.recipient.email.isEmpty ? $0.recipient.key : $0.recipient.email.lowercased()).inserted }
    }
}
