package import Contracts
package import Foundation

/// What a due step comes to.
package enum StepDecision: Sendable, Hashable {
    case act(StepPlan)
    /// Not yet: it stays due from `until` on.
    case wait(until: Date, StepHindrance)
}

/// Why a step does not page anybody now.
package enum StepHindrance: String, Sendable, CaseIterable {
    case nobodyOnCall = "nobody_on_call"
    /// Outside the hours of the step's gate.
    case outsideHours = "outside_hours"
    /// Fewer alerts than the step's gate asks for.
    case tooFewAlerts = "too_few_alerts"
    /// Low urgency, and it is night where the people on call are.
    case night
}

/// What a step does, decided; the same for the engine and the what-if.
package struct StepPlan: Sendable, Hashable {
    package var result: FiringResult
    /// Why the level was skipped.
    package var hindrance: StepHindrance?
    package var calls: [Call] = []
    /// URLs called beside the pages.
    package var webhooks: [String] = []
    /// People in the place of whom the fallback is paged, and failures on the way, for the record.
    package var remarks: [Remark] = []
    package var assignees: [Recipient]?
    package var severity: Severity?
    package var status: IncidentStatus?

    /// One page.
    package struct Call: Sendable, Hashable {
        package let recipient: Recipient
        package let channels: [ChannelKind]?
        package let message: String?

        package init(_ recipient: Recipient, channels: [ChannelKind]? = nil, message: String? = nil) {
            self.recipient = recipient
            self.channels = channels
            self.message = message
        }
    }

    package struct Remark: Sendable, Hashable {
        package let kind: TimelineKind
        package let details: [String: String]
    }

    package init(_ result: FiringResult, hindrance: StepHindrance? = nil, calls: [Call] = []) {
        self.result = result
        self.hindrance = hindrance
        self.calls = calls
    }

    /// The last resort alone; without one the level is empty.
    package static func fallback(_ recipients: [Recipient]) -> StepPlan {
        recipients.isEmpty ? StepPlan(.levelSkipped, hindrance: .nobodyOnCall) : StepPlan(.fallback, calls: recipients.map { Call($0) })
    }

    /// Whether it changes the incident itself, beside paging.
    package var changesIncident: Bool { assignees != nil || severity != nil || status != nil }
}
