package import Contracts
package import Foundation

/// What the engine decided for one due incident; recorded only if the incident is still as it was when the engine looked.
package struct StepOutcome: Sendable {
    package enum Kind: Sendable {
        case fired(Firing)
        case exhausted
    }

    package struct Firing: Sendable {
        package let id: FiringID
        package let position: EscalationDecision.Position
        package let isRepeat: Bool
        package let result: FiringResult
        package let pages: [PageMessage]
    }

    /// The incident as the engine saw it.
    package let incident: Incident
    package let fence: Int64
    package let kind: Kind
    package let next: Escalation
    package let entries: [TimelineEntry]

    package var firing: Firing? {
        if case .fired(let firing) = kind { return firing }
        return nil
    }
}

/// The people a step resolves to, and what the record should say about how they were found.
package struct Resolution: Sendable {
    package var recipients: [Recipient]
    package var entries: [TimelineEntry]
    package var isFallback: Bool

    package init(recipients: [Recipient] = [], entries: [TimelineEntry] = [], isFallback: Bool = false) {
        self.recipients = recipients
        self.entries = entries
        self.isFallback = isFallback
    }
}

extension StepOutcome {
    /// The end of the path: nobody acted in any round.
    package static func exhausted(_ incident: Incident, fence: Int64, at now: Date) -> StepOutcome {
        StepOutcome(
            incident: incident, fence: fence, kind: .exhausted, next: incident.escalation.afterExhaustion,
            entries: [TimelineEntry(incidentID: incident.id, at: now, kind: .escalationExhausted, actor: engineActor)]
        )
    }

    /// One step fired, to whomever it resolved.
    package static func fired(
        _ incident: Incident, fence: Int64, _ position: EscalationDecision.Position, isRepeat: Bool, _ resolution: Resolution,
        publicURL: String,
        at now: Date
    ) -> StepOutcome {
        let result: FiringResult = resolution.recipients.isEmpty ? .levelSkipped : resolution.isFallback ? .fallback : .paged
        let id = FiringID.make(at: now)
        let recipients = resolution.recipients.uniqued()
        let pages = recipients.map { PageMessage(about: incident, firing: id, to: $0, position: position, publicURL: publicURL, at: now) }
        let firing = Firing(id: id, position: position, isRepeat: isRepeat, result: result, pages: pages)
        return StepOutcome(
            incident: incident, fence: fence, kind: .fired(firing),
            next: incident.escalation.after(position, result, firing: id, at: now),
            entries: entries(of: firing, incident: incident, at: now) + resolution.entries
        )
    }

    package static let engineActor = "escalation"

    private static func entries(of firing: Firing, incident: Incident, at now: Date) -> [TimelineEntry] {
        let place = ["step": String(firing.position.step), "round": String(firing.position.round)]
        func entry(_ kind: TimelineKind, _ more: [String: String] = [:]) -> TimelineEntry {
            TimelineEntry(
                incidentID: incident.id, at: now, kind: kind, actor: engineActor, details: place.merging(more) { _, new in new }
            )
        }
        let opening = firing.isRepeat ? [entry(.escalationRepeated)] : []
        switch firing.result {
        case .levelSkipped: return opening + [entry(.levelSkipped, ["reason": "nobody_on_call"])]
        case .paged, .fallback:
            let notices = firing.pages.map { page in
                entry(.notify, ["recipient": page.recipient.name, "role": page.recipient.role, "reason": page.recipient.reason])
            }
            return opening + [entry(firing.result == .fallback ? .fallback : .escalate)] + notices
        }
    }
}

extension [Recipient] {
    /// One page a person, whatever number of ways led to them.
    fileprivate func uniqued() -> [Recipient] {
        var seen: Set<String> = []
        return filter { seen.insert($0.email.lowercased()).inserted }
    }
}

extension PageMessage {
    /// How long a page is worth sending: past it the escalation has long moved on.
    package static let lifetime: TimeInterval = 30 * 60

    init(
        about incident: Incident, firing: FiringID, to recipient: Recipient, position: EscalationDecision.Position, publicURL: String,
        at now: Date
    ) {
        let number = incident.number
        self.init(
            pageID: .make(at: now), firingID: firing, kind: .page, incidentID: incident.id, epoch: incident.escalation.epoch,
            recipient: recipient, urgency: incident.severity.urgency, channels: nil,
            message: PageText(
                subject: "[INC-\(number)] \(incident.title)",
                body: """
                    \(incident.severity.rawValue.uppercased()): \(incident.title)
                    Service: \(incident.service)
                    You are paged as \(recipient.role) (\(recipient.reason)).
                    """,
                incidentNumber: number, severity: incident.severity, service: incident.service, link: "\(publicURL)/incidents/\(number)"
            ),
            expiresAt: now + Self.lifetime
        )
    }
}
