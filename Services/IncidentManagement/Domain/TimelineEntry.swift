package import Contracts
package import Foundation

/// The words of the timeline (after PagerDuty's log entries), which are also those of the log and the metrics.
package enum TimelineKind: String, Codable, Sendable, CaseIterable {
    case trigger, acknowledge, investigate, resolve, reopen, unacknowledge, assign, delete, annotate
    case fieldValueChange = "field_value_change"
    case alertsAttached = "alerts_attached"
    case escalate
    case levelSkipped = "level_skipped"
    case fallback
    case onCallUnreachable = "on_call_unreachable"
    case memberUnreachable = "member_unreachable"
    case escalationRepeated = "escalation_repeated"
    case escalationExhausted = "escalation_exhausted"
    case escalationRestarted = "escalation_restarted"
    /// A step waits for people, a condition or the morning.
    case escalationHeld = "escalation_held"
    /// A person wanted the next level now.
    case escalationRequested = "escalation_requested"
    /// The incident became worse or another team's: its policy was chosen anew.
    case policyChange = "policy_change"
    /// The policy that should take the incident cannot be read: the default took it.
    case policyUnreadable = "policy_unreadable"
    case notify
    case notifySent = "notify_sent"
    case notifyFailed = "notify_failed"
    case notifyCancelled = "notify_cancelled"
    /// A step was due while a restored system held its paging.
    case pagingHeld = "paging_held"
}

/// One line of an incident's record.
package struct TimelineEntry: Codable, Sendable, Hashable {
    /// Longer notes belong into an attachment.
    package static let noteLimit = 10_000

    package let incidentID: IncidentID
    package let at: Date
    package let kind: TimelineKind
    package let actor: String
    package let note: String?
    /// Small facts such as `step`, `round`, `recipient`, `reason`.
    package let details: [String: String]

    package init(incidentID: IncidentID, at: Date, kind: TimelineKind, actor: String, note: String? = nil, details: [String: String] = [:])
    {
        self.incidentID = incidentID
        self.at = at
        self.kind = kind
        self.actor = actor
        self.note = note
        self.details = details
    }
}
