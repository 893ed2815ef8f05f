/// Asked of IncidentManagement by the other daemons: is this bearer credential good right now, and whose is it?
package struct StandingQuestion: Codable, Sendable {
    package enum Kind: String, Codable, Sendable { case apiToken = "api_token", user }
    package let kind: Kind
    /// The SHA-256 of an API token in hex, or a user's id.
    package let subject: String

    package init(kind: Kind, subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// The answer: nil `role` means the credential is unknown, expired, revoked, or its owner disabled.
package struct Standing: Codable, Sendable, Hashable {
    package let role: Role?
    package let userID: UserID?
    package let name: String?
    /// Of the person, or of whose API token it is.
    package let email: String?
    package let teams: [String]

    package init(role: Role?, userID: UserID? = nil, name: String? = nil, email: String? = nil, teams: [String] = []) {
        self.role = role
        self.userID = userID
        self.name = name
        self.email = email
        self.teams = teams
    }

    package static let none = Standing(role: nil)
}
