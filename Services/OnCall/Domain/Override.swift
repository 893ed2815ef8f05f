import Contracts
package import Foundation

/// For a while somebody else takes the primary's place, whoever that is at each instant.
package struct Override: Sendable, Hashable {
    package let id: OverrideID
    package let name: String
    package let email: String
    /// When set, only this person (name or e-mail) is replaced; while another is on call the override changes nothing (GoAlert's replace rule).
    package let replaces: String?
    package let reason: String?
    package let starts: Date
    package let ends: Date

    package init(id: OverrideID, name: String, email: String, replaces: String?, reason: String?, starts: Date, ends: Date) {
        self.id = id
        self.name = name
        self.email = email
        self.replaces = replaces
        self.reason = reason
        self.starts = starts
        self.ends = ends
    }

    /// Longer absences belong into the schedule, where people look for them.
    package static let longestHours = 720
    /// A day, unless the caller says otherwise.
    package static let usualHours = 24

    package func covers(_ instant: Date) -> Bool { starts <= instant && instant < ends }

    package var member: Member { Member(name: name, email: email, role: .primary) }

    func applies(to shift: Shift?) -> Bool {
        guard let replaces else { return true }
        return shift?.member.isCalled(replaces) ?? false
    }
}

/// Names one override for as long as its record is kept.
package struct OverrideID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
