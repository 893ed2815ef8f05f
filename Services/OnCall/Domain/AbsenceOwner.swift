import Contracts

/// Whose time off or calendar of absences something is: who may take it away, and who is told why.
package struct AbsenceOwner: Sendable, Hashable {
    /// Who entered it, as the history calls them.
    package let createdBy: String
    /// By e-mail or name; nil for what is a team's or everybody's.
    package let person: String?
    package let team: String?

    package init(createdBy: String, person: String?, team: String? = nil) {
        self.createdBy = createdBy
        self.person = person
        self.team = team
    }

    /// Whether it is the caller's: whoever entered it, the person, somebody of the team, or an admin.
    ///
    /// - Parameter board: of the team, whose people belong to it whatever their accounts say.
    package func admits(_ caller: Answerer, actor: String, on board: Board? = nil) -> Bool {
        if caller.isAdmin || actor == createdBy { return true }
        if let team, caller.teams.contains(team) { return true }
        guard let responder = caller.responder else { return false }
        if let person, Member(name: responder.name, email: responder.email, role: .primary).isCalled(person) { return true }
        return team != nil && board?.everybody.contains { $0.email?.lowercased() == responder.email.lowercased() } ?? false
    }
}
