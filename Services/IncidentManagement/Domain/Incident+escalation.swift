import Contracts
package import Foundation

extension Incident {
    /// Whether another policy may be the right one now: it became worse, or is another team's or service's.
    package func isAnotherCase(than before: Incident) -> Bool {
        severity > before.severity || team != before.team || service != before.service
    }

    /// Takes the policy that fits the incident as it is now; one that is open pages anew from its first step.
    ///
    /// Whoever is at it already is not paged again: an acknowledged or a resolved incident follows the new policy only once it is open
    /// again.
    package mutating func follow(_ policies: PolicyBook, at now: Date) -> [IncidentEffect] {
        guard !isDeleted else { return [] }
        escalation.policy = policies.choice(for: self).policy.directed(to: assignees)
        let change: [IncidentEffect] = [.record(.policyChange, note: escalation.policy.name)]
        guard status == .open else { return change }
        escalation.restart(at: now)
        return change + [.raiseEpoch(reason: .superseded)]
    }

    /// Makes the next step, or the one named, due at once.
    /// - Throws: ``IncidentError/illegalTransition(event:from:by:)`` unless the incident is open, ``IncidentError/noSuchStep(steps:)``.
    package mutating func escalate(to step: Int?, at now: Date) throws(IncidentError) -> [IncidentEffect] {
        guard status == .open else {
            throw .illegalTransition(event: "escalate", from: status, by: (resolution ?? acknowledgement)?.actor)
        }
        let steps = escalation.policy.steps.count
        guard steps > 0, (0..<steps).contains(step ?? 0) else { throw .noSuchStep(steps: steps) }
        escalation.jump(to: step, at: now)
        updatedAt = now
        version += 1
        return [.record(.escalationRequested, note: nil)]
    }
}

extension Incident {
    /// Does what a step of the policy does to the incident itself.
    ///
    /// It is the policy's doing, nobody's: no epoch rises for an assignee, no policy is chosen anew for a severity, and a status it sets is
    /// no acknowledge (MTTA counts people).
    package mutating func apply(
        _ plan: StepPlan, by actor: String, at now: Date
    ) throws(IncidentError) -> (entries: [TimelineEntry], effects: [IncidentEffect]) {
        var entries: [TimelineEntry] = []
        if let people = plan.assignees?.map({ $0.email.isEmpty ? $0.name : $0.email }), people != assignees {
            assignees = people
            entries.append(
                TimelineEntry(incidentID: id, at: now, kind: .assign, actor: actor, note: people.joined(separator: ", "))
            )
        }
        if let severity = plan.severity, severity != self.severity {
            let change = "\(self.severity.rawValue) → \(severity.rawValue)"
            self.severity = severity
            entries.append(TimelineEntry(incidentID: id, at: now, kind: .fieldValueChange, actor: actor, details: ["severity": change]))
        }
        if !entries.isEmpty {
            version += 1
            updatedAt = now
        }
        guard let status = plan.status, status != self.status else { return (entries, []) }
        let effects = try apply(IncidentEvent(reaching: status, from: self.status, note: nil), by: actor, at: now)
        if status != .resolved { acknowledgement = nil }
        return (entries, effects)
    }
}
