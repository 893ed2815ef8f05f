package import Contracts
package import Foundation

/// What the engine decided for one due incident; recorded only if the incident is still as it was when the engine looked.
package struct StepOutcome: Sendable {
    package enum Kind: Sendable {
        case fired(Firing)
        /// The end of the path; with a firing where the policy pages the fallback then.
        case exhausted(Firing?)
        /// The step stays due later: nothing fired.
        case held(StepHindrance)
    }

    package struct Firing: Sendable {
        package let id: FiringID
        package let position: EscalationDecision.Position
        package let plan: StepPlan
        package let pages: [PageMessage]
        /// Calls that page nobody and need no permit.
        package let notices: [PageMessage]

        package var result: FiringResult { plan.result }
    }

    /// The incident as the engine saw it.
    package let incident: Incident
    package let fence: Int64
    package let kind: Kind
    package let next: Escalation
    package let entries: [TimelineEntry]
    /// What OnCall answered on the way; remembered with the outcome.
    package var heard: HeardAnswer?

    package var firing: Firing? {
        switch kind {
        case .fired(let firing): firing
        case .exhausted(let firing): firing
        case .held: nil
        }
    }
}

extension StepOutcome {
    package static let engineActor = "escalation"

    /// The end of the path: nobody acted in any round.
    package static func exhausted(
        _ incident: Incident, fence: Int64, fallback: [Recipient] = [], publicURL: String = "", at now: Date
    ) -> StepOutcome {
        let end = entry(incident, .escalationExhausted, at: now)
        guard !fallback.isEmpty else {
            return StepOutcome(
                incident: incident, fence: fence, kind: .exhausted(nil), next: incident.escalation.afterExhaustion(at: now), entries: [end]
            )
        }
        // The place after the last step: it fires nothing else in this round.
        let place = EscalationDecision.Position(step: incident.escalation.policy.steps.count, round: incident.escalation.round)
        let firing = Firing(incident, place, .fallback(fallback), publicURL: publicURL, at: now)
        return StepOutcome(
            incident: incident, fence: fence, kind: .exhausted(firing),
            next: incident.escalation.afterExhaustion(at: now, firing: firing.id), entries: [end] + entries(of: firing, incident, at: now)
        )
    }

    /// The step waits; the record says so once, not at every try.
    package static func held(
        _ incident: Incident, fence: Int64, _ position: EscalationDecision.Position, until: Date, _ hindrance: StepHindrance, at now: Date
    ) -> StepOutcome {
        let details = ["step": String(position.step), "reason": hindrance.rawValue, "until": until.rfc3339]
        return StepOutcome(
            incident: incident, fence: fence, kind: .held(hindrance), next: incident.escalation.waiting(until: until, at: now),
            entries: incident.escalation.heldSince == nil ? [entry(incident, .escalationHeld, details, at: now)] : []
        )
    }

    /// One step fired, to whomever it was decided.
    package static func fired(
        _ incident: Incident, fence: Int64, _ position: EscalationDecision.Position, opens: EscalationDecision.RoundOpening = .none,
        _ plan: StepPlan, publicURL: String, at now: Date
    ) -> StepOutcome {
        let firing = Firing(incident, position, plan, publicURL: publicURL, at: now)
        let place = ["step": String(position.step), "round": String(position.round)]
        let opening: [TimelineEntry] =
            switch opens {
            case .none: []
            case .repeated: [entry(incident, .escalationRepeated, place, at: now)]
            case .restarted: [entry(incident, .escalationRestarted, place, at: now)]
            }
        return StepOutcome(
            incident: incident, fence: fence, kind: .fired(firing),
            next: incident.escalation.after(position, opens: opens, plan.result, firing: firing.id, at: now),
            entries: opening + entries(of: firing, incident, at: now)
        )
    }

    private static func entries(of firing: Firing, _ incident: Incident, at now: Date) -> [TimelineEntry] {
        let place = ["step": String(firing.position.step), "round": String(firing.position.round)]
        func entry(_ kind: TimelineKind, _ more: [String: String] = [:]) -> TimelineEntry {
            self.entry(incident, kind, place.merging(more) { _, new in new }, at: now)
        }
        let head: TimelineEntry =
            switch firing.result {
            case .levelSkipped: entry(.levelSkipped, ["reason": (firing.plan.hindrance ?? .nobodyOnCall).rawValue])
            case .fallback: entry(.fallback)
            case .paged, .acted: entry(.escalate)
            }
        let notices = firing.pages.map { page in
            entry(.notify, ["recipient": page.recipient.name, "role": page.recipient.role, "reason": page.recipient.reason])
        }
        let remarks = firing.plan.remarks.map { self.entry(incident, $0.kind, $0.details, at: now) }
        return [head] + notices + remarks
    }

    private static func entry(
        _ incident: Incident, _ kind: TimelineKind, _ details: [String: String] = [:], at now: Date
    ) -> TimelineEntry {
        TimelineEntry(incidentID: incident.id, at: now, kind: kind, actor: engineActor, details: details)
    }
}

extension StepOutcome.Firing {
    package init(
        _ incident: Incident, _ position: EscalationDecision.Position, _ plan: StepPlan, id: FiringID? = nil, publicURL: String,
        at now: Date
    ) {
        var incident = incident
        // Whoever is paged by a step that makes it worse reads how bad it is now.
        if let severity = plan.severity { incident.severity = severity }
        let id = id ?? FiringID.make(at: now)
        self.init(
            id: id, position: position, plan: plan,
            pages: plan.calls.map { PageMessage(about: incident, firing: id, $0, publicURL: publicURL, at: now) },
            notices: plan.webhooks.map { PageMessage(about: incident, firing: id, calling: $0, publicURL: publicURL, at: now) }
        )
    }
}
