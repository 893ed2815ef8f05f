/// Asked of IncidentManagement by OnCall: which accounts are behind these addresses?
package struct RecipientQuestion: Codable, Sendable {
    /// The members of a few schedules.
    package static let limit = 100
    /// Bytes of a handle: an e-mail address has 320 at most, and no user name is longer. What is longer is nobody's; a question that has it is refused.
    package static let handleLimit = 320
    /// E-mail addresses or user names, at most ``limit``, each of at most ``handleLimit`` bytes.
    package let handles: [String]

    package init(handles: [String]) {
        self.handles = handles
    }

    /// Whether that text may be asked about; names in schedules may be longer, and no account is behind those.
    package static func admits(_ handle: String) -> Bool { handle.utf8.count <= handleLimit }
}

package struct RecipientAnswer: Codable, Sendable {
    /// The known ones, by the handle asked for.
    package let users: [String: KnownUser]

    package init(users: [String: KnownUser]) {
        self.users = users
    }
}

package struct KnownUser: Codable, Sendable, Hashable {
    package let id: UserID
    package let name: String
    package let email: String
    package let isActive: Bool

    package init(id: UserID, name: String, email: String, isActive: Bool) {
        self.id = id
        self.name = name
        self.email = email
        self.isActive = isActive
    }
}
