package import Contracts
package import Foundation

/// What would happen at one instant of a what-if.
package struct SimulatedMoment: Encodable, Sendable {
    package enum Kind: String, Encodable, Sendable {
        case paged, fallback, acted, held, exhausted
        case levelSkipped = "level_skipped"
    }

    package struct Page: Encodable, Sendable {
        package let recipient: String
        package let email: String
        package let role: String
        package let reason: String
        package let message: String?
        /// Nil when Notification could not be asked.
        package var deliveries: [Delivery]?
    }

    package struct Delivery: Encodable, Sendable {
        package let channel: ChannelKind
        package let at: Date

        package init(channel: ChannelKind, at: Date) {
            self.channel = channel
            self.at = at
        }
    }

    package let at: Date
    /// Minutes after the opening.
    package let minute: Int
    package let kind: Kind
    package let step: Int?
    package let round: Int?
    /// Why: the hindrance of a level that is skipped or held, `repeated` or `restarted` for the first of a later round.
    package let reason: String?
    /// Until when it waits, or when the path begins anew.
    package let until: Date?
    package var pages: [Page]
    package let webhooks: [String]
    package let assignees: [String]?
    package let severity: Severity?
    package let status: IncidentStatus?

    /// - Parameter opened: the instant of the opening.
    package init(_ outcome: StepOutcome, opens: EscalationDecision.RoundOpening, at now: Date, opened: Date) {
        let plan = outcome.firing?.plan
        at = now
        minute = Int(now.timeIntervalSince(opened) / 60)
        step = outcome.firing.map(\.position.step) ?? outcome.incident.escalation.decision.position?.step
        round = outcome.firing.map(\.position.round) ?? outcome.incident.escalation.decision.position?.round
        switch outcome.kind {
        case .held(let hindrance):
            kind = .held
            reason = hindrance.rawValue
            until = outcome.next.nextStepAt
        case .exhausted:
            kind = .exhausted
            reason = nil
            until = outcome.next.nextStepAt
        case .fired(let firing):
            kind = Kind(rawValue: firing.result.rawValue) ?? .acted
            reason = firing.plan.hindrance?.rawValue ?? opens.word
            until = nil
        }
        pages = (outcome.firing?.pages ?? []).enumerated().map { place, page in
            Page(
                recipient: page.recipient.name, email: page.recipient.email, role: page.recipient.role, reason: page.recipient.reason,
                message: plan?.calls[place].message
            )
        }
        webhooks = plan?.webhooks ?? []
        assignees = plan?.assignees?.map(\.name)
        severity = plan?.severity
        status = plan?.status
    }
}

extension EscalationDecision {
    /// Nil at the end of the path.
    package var position: Position? {
        if case .fire(let position, _) = self { position } else { nil }
    }

    package var opens: RoundOpening {
        if case .fire(_, let opens) = self { opens } else { .none }
    }
}

extension EscalationDecision.RoundOpening {
    fileprivate var word: String? {
        switch self {
        case .none: nil
        case .repeated: "repeated"
        case .restarted: "restarted"
        }
    }
}
