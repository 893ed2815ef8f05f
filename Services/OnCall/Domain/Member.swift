package import Contracts

/// A person in a schedule, by what the team calls them; IncidentManagement knows whether there is an account behind it.
package struct Member: Sendable, Hashable {
    package let name: String
    /// Nil when only a user name was given.
    package let email: String?
    package let role: OnCallRole
    /// Learns beside the others: shown, never paged, and no cover.
    package let isShadow: Bool

    package init(name: String, email: String?, role: OnCallRole, isShadow: Bool = false) {
        self.name = name
        self.email = email
        self.role = role
        self.isShadow = isShadow
    }

    /// By which IncidentManagement finds the account: the e-mail, else the name.
    package var handle: String { email ?? name }

    package func isCalled(_ text: String) -> Bool {
        name == text || email?.lowercased() == text.lowercased()
    }

    /// The same person, in whatever role: by e-mail where both have one, else by name; either in any case, as accounts are found.
    package func isSamePerson(as other: Member) -> Bool {
        guard let email, let otherEmail = other.email else { return name.lowercased() == other.name.lowercased() }
        return email.lowercased() == otherEmail.lowercased()
    }
}
