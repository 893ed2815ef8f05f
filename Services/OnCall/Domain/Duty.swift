package import Foundation

/// Who is on call for a role at an instant, and why.
package enum Duty: Sendable, Hashable {
    case rotation(Member)
    case override(Override)
    case nobody(Absence)

    /// Why nobody is on call.
    package enum Absence: String, Sendable {
        /// The rotation's first shift lies ahead.
        case notStarted = "not_started"
        /// The schedule has no member of that role.
        case noMember = "no_member"
    }

    package var member: Member? {
        switch self {
        case .rotation(let member): member
        case .override(let override): override.member
        case .nobody: nil
        }
    }

    /// The word for logs, timelines and answers.
    package var reason: String {
        switch self {
        case .rotation: "rotation"
        case .override: "override"
        case .nobody(let absence): absence.rawValue
        }
    }
}

/// A duty and the first instant at which it may be another one.
package struct DutySpan: Sendable, Hashable {
    package let duty: Duty
    package let start: Date
    /// Nil when nothing known will ever change it.
    package let end: Date?
}
