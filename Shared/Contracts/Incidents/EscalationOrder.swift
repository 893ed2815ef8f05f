/// OnCall tells IncidentManagement whom a person wants paged about an incident, beside the incident's own path.
package struct EscalationOrder: Codable, Sendable, Hashable {
    /// People one order may name.
    package static let limit = 20

    /// Makes the order idempotent.
    package let escalationID: EscalationID
    /// The id or the number of the incident, as the person wrote it.
    package let incident: String
    package let recipients: [Recipient]
    package let reason: String?
    package let actor: String

    package init(escalationID: EscalationID, incident: String, recipients: [Recipient], reason: String?, actor: String) {
        self.escalationID = escalationID
        self.incident = incident
        self.recipients = recipients
        self.reason = reason
        self.actor = actor
    }
}

package struct EscalationOrderAnswer: Codable, Sendable, Hashable {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case paged
        /// Somebody is at it already, or it is over.
        case notOpen = "not_open"
        case unknownIncident = "unknown_incident"
        /// Nobody of them can be reached.
        case nobodyReachable = "nobody_reachable"
    }

    package let verdict: Verdict

    package init(verdict: Verdict) {
        self.verdict = verdict
    }
}
