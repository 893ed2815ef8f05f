import Contracts

/// Whose time off or calendar of absences something is: who may take it away, and who is told why.
package struct AbsenceOwner: Sendable, Hashable {
    /// Who entered it, as the history calls them.
    package let createdBy: String
    /// By e-mail or user name; nil for what is a team's or everybody's.
    package let person: String?
    package let team: String?

    package init(createdBy: String, person: String?, team: String? = nil) {
        self.createdBy = createdBy
        self.person = person
        self.team = team
    }

    /// Whether it is the caller's: whoever entered it, the person, somebody of the team, or an admin.
    ///
    /// People are compared by address: a full name is whatever somebody writes into their account, and not one person's.
    /// - Parameters:
    ///   - board: of the team, whose people belong to it whatever their accounts say.
    ///   - book: whose user names ``person`` and those on the board are.
    package func admits(_ caller: Answerer, actor: String, on board: Board? = nil, _ book: AddressBook) -> Bool {
        if caller.isAdmin || actor == createdBy { return true }
        if let team, caller.teams.contains(team) { return true }
        guard let responder = caller.responder else { return false }
        if let person, book.address(called: person) == responder.email.lowercased() { return true }
        return team != nil && board?.everybody.contains { book.isOf(responder, $0) } ?? false
    }
}
