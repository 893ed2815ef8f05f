package import Contracts
package import Foundation

/// For a while something other than what the layers say.
package struct Override: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The person takes the place of everybody on call for the role, whoever that is at each instant.
        case standIn = "stand_in"
        /// The person takes the place of one; while that one is not on call nothing changes (GoAlert's replace rule).
        case replace
        /// The person is on call beside the others.
        case add
        /// The person is not on call.
        case remove
    }

    package internal(set) var id: OverrideID
    package let kind: Kind
    package let role: OnCallRole
    package let name: String
    package let email: String
    /// Whom `replace` replaces, by name or e-mail.
    package let replaces: String?
    package let reason: String?
    package let starts: Date
    package let ends: Date

    /// - Parameter kind: `replace` when nil and somebody is named in `replaces`, else `stand_in`.
    package init(
        id: OverrideID, kind: Kind? = nil, role: OnCallRole = .primary, name: String, email: String, replaces: String?, reason: String?,
        starts: Date, ends: Date
    ) {
        self.id = id
        self.kind = kind ?? (replaces == nil ? .standIn : .replace)
        self.role = role
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
    /// More than a team plans ahead; bounds what an answer reads.
    package static let mostAhead = 500
    /// Further ahead rotations change.
    package static let furthestAhead: TimeInterval = 366 * 86_400

    package func covers(_ instant: Date) -> Bool { starts <= instant && instant < ends }

    package var member: Member { Member(name: name, email: email, role: role) }
}

extension Override {
    /// Who is on call once this override is heeded too.
    func applied(to people: [Duty.Assignment]) -> [Duty.Assignment] {
        let taken = Duty.Assignment(member: member, reason: .override(self))
        let isOn = people.contains { $0.member.isSamePerson(as: member) && !$0.member.isShadow }
        switch kind {
        case .standIn: return [taken] + people.filter(\.member.isShadow)
        case .add: return isOn ? people : people + [taken]
        case .remove: return people.filter { !$0.member.isSamePerson(as: member) }
        case .replace:
            guard let replaces, let place = people.firstIndex(where: { $0.member.isCalled(replaces) && !$0.member.isShadow }) else {
                return people
            }
            var people = people
            if isOn, !people[place].member.isSamePerson(as: member) { people.remove(at: place) } else { people[place] = taken }
            return people
        }
    }

    /// Whether both speak of one person at one time, which leaves open what is meant (GoAlert refuses the same).
    package func conflicts(with other: Override) -> Bool {
        guard role == other.role, starts < other.ends, other.starts < ends else { return false }
        return other.names(name, email) || replaces.map { other.names($0, $0) } ?? false || other.replaces.map { names($0, $0) } ?? false
            || replaces.map { mine in other.replaces.map { $0.lowercased() == mine.lowercased() } ?? false } ?? false
    }

    /// Whether this one, set alone, ends the other: who stands in for the role gives way, and so does what speaks of the same person.
    ///
    /// The rest lies beneath and counts again when this one is over: an accepted swap, or the other role's overrides.
    func supersedes(_ other: Override) -> Bool {
        role == other.role && (other.kind == .standIn || conflicts(with: other))
    }

    private func names(_ name: String, _ email: String) -> Bool {
        member.isCalled(name) || member.isCalled(email)
    }
}

/// Names one override for as long as its record is kept.
package struct OverrideID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
