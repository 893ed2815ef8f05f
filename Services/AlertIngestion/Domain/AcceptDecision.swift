package import Contracts

/// What became of one reported alert; the case is the reason, in answers, logs and metrics alike.
package enum AcceptDecision: String, Sendable, Hashable, CaseIterable {
    case createdNewIncident = "created_new_incident"
    case attachedToExistingIncident = "attached_to_existing_incident"
    /// A report of an alert that is already open.
    case duplicateSuppressed = "duplicate_suppressed"
    /// A re-send of an alert whose incident a person resolved.
    case absorbedAfterManualResolve = "absorbed_after_manual_resolve"
    /// Resolved, and others of its incident still fire.
    case resolved
    /// Resolved as the last of its incident, which is told to resolve.
    case resolvedIncident = "resolved_incident"
    /// Resolved after a person had closed the incident.
    case resolvedAfterManualResolve = "resolved_after_manual_resolve"
    /// A resolve of something that is not open: nothing to do, and no fault of the sender.
    case resolveWithoutOpen = "resolve_without_open"
    /// A resolve sent again after its alert began anew: it ended an earlier firing.
    case staleResolve = "stale_resolve"
    /// An expiry that came too late: the alert was sent again meanwhile.
    case expiryExtended = "expiry_extended"

    /// The word in an answer's `action`: clients look for the two they know, so a repeat reads as attached (interop §0).
    package var action: String {
        self == .duplicateSuppressed ? Self.attachedToExistingIncident.rawValue : rawValue
    }

    /// The label of `alerts_correlated_total`; nil when nothing was correlated.
    package var correlationResult: String? {
        switch self {
        case .createdNewIncident: "new_incident"
        case .attachedToExistingIncident, .duplicateSuppressed: "existing_incident"
        default: nil
        }
    }
}

/// The decision on one event and what it was about.
package struct AcceptOutcome: Sendable, Hashable {
    package let decision: AcceptDecision
    package let dedupKey: DedupKey
    package let alertID: AlertID?
    package let incidentID: IncidentID?

    package init(decision: AcceptDecision, dedupKey: DedupKey, alertID: AlertID?, incidentID: IncidentID?) {
        self.decision = decision
        self.dedupKey = dedupKey
        self.alertID = alertID
        self.incidentID = incidentID
    }
}
