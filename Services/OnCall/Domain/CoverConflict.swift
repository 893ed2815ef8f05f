package import Contracts
package import Foundation

/// A planned shift, or a piece of one, of somebody who is not there.
package struct CoverConflict: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case timeOff = "time_off"
        case holiday
    }

    package let kind: Kind
    package let team: String
    package let role: OnCallRole
    package let member: Member
    package let span: Range<Date>
    /// Public holidays of the member in that time.
    package let holidays: [String]
    /// Whom the fair pick proposes; nil when nobody is free, and for holidays that everybody has.
    package let cover: Member?

    func covered(by cover: Member?) -> CoverConflict {
        CoverConflict(kind: kind, team: team, role: role, member: member, span: span, holidays: holidays, cover: cover)
    }
}
