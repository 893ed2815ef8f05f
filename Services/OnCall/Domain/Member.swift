package import Contracts

/// A person in a schedule, by what the team calls them; IncidentManagement knows whether there is an account behind it.
package struct Member: Sendable, Hashable {
    package let name: String
    /// Nil when only a user name was given.
    package let email: String?
    package let role: OnCallRole

    package init(name: String, email: String?, role: OnCallRole) {
        self.name = name
        self.email = email
        self.role = role
    }

    /// By which IncidentManagement finds the account: the e-mail, else the name.
    package var handle: String { email ?? name }

    package func isCalled(_ text: String) -> Bool {
        name == text || email?.lowercased() == text.lowercased()
    }
}
