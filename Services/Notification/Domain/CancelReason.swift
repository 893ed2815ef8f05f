package import Contracts

/// Why a delivery was not wanted any more.
package enum CancelReason: String, Sendable, CaseIterable {
    case acknowledged, resolved, snoozed, reassigned, deleted
    /// A newer page to the same person about the same incident took its place.
    case superseded
    case unknownIncident = "unknown_incident"
    /// The incident moved on, and the word given for it is none of the others.
    case newerEpoch = "newer_epoch"

    /// Nil for a grant.
    package init?(_ verdict: PermitAnswer.Verdict) {
        switch verdict {
        case .granted: return nil
        case .acknowledged: self = .acknowledged
        case .resolved: self = .resolved
        case .snoozed: self = .snoozed
        case .reassigned: self = .reassigned
        case .superseded: self = .superseded
        case .deleted: self = .deleted
        case .unknownIncident: self = .unknownIncident
        }
    }

    /// The reason IncidentManagement gave for a new epoch.
    package init(epochReason: String) {
        self = CancelReason(rawValue: epochReason) ?? .newerEpoch
    }
}
