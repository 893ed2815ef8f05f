/// Somebody with an account, who can take shifts.
package struct Responder: Sendable, Hashable {
    package let name: String
    /// Who it is: two of one address are one person.
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }

    package func isSame(as other: Responder) -> Bool { email.lowercased() == other.email.lowercased() }
}
