package import Contracts
package import Foundation

/// What can happen to an incident's state.
package enum IncidentEvent: Sendable, Hashable {
    case acknowledge
    case investigate
    case resolve(note: String?)
    case reopen
    case unacknowledge
    case reassign(to: [String])
    case delete

    /// The word for it in the timeline, the log and the metric.
    package var word: String {
        switch self {
        case .acknowledge: "acknowledge"
        case .investigate: "investigate"
        case .resolve: "resolve"
        case .reopen: "reopen"
        case .unacknowledge: "unacknowledge"
        case .reassign: "assign"
        case .delete: "delete"
        }
    }

    /// The event that leads to a state somebody asked for by name.
    package init(reaching status: IncidentStatus, from current: IncidentStatus, note: String?) {
        switch status {
        case .open: self = current == .resolved ? .reopen : .unacknowledge
        case .acknowledged: self = .acknowledge
        case .investigating: self = .investigate
        case .resolved: self = .resolve(note: note)
        }
    }
}

/// What the shell has to do because an event changed the state, in this order and in the same transaction.
package enum IncidentEffect: Sendable, Hashable {
    case record(TimelineKind, note: String?)
    /// Pages of older epochs are dead: Notification is told.
    case raiseEpoch(reason: PermitAnswer.Verdict)
    /// A person ended it: AlertIngestion closes the group.
    case closeGroup(IncidentClosed.Reason)
    /// A person took that back: AlertIngestion opens the group again.
    case reopenGroup
}

package enum IncidentError: Error, Sendable, Hashable {
    case notFound
    case illegalTransition(event: String, from: IncidentStatus, by: String?)
    /// A resolved incident may be reopened only for a while; after that a new one is declared.
    case reopenWindowOver
    case versionMismatch
    /// The incident escalated since the page that is being answered.
    case alreadyEscalated(step: Int, at: Date?)
    /// The policy has fewer steps.
    case noSuchStep(steps: Int)
}
