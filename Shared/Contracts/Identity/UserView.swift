package import Foundation

/// A user as the public API shows one, everywhere the same.
package struct UserView: Codable, Sendable, Hashable {
    package let id: UserID
    package let email: String
    package let fullName: String
    package let role: Role
    package let isActive: Bool
    /// The same as having the role `admin`.
    package let isSuperuser: Bool
    package let teams: [String]
    /// An IANA name.
    package let timeZone: String
    /// A BCP 47 language tag.
    package let locale: String
    package let createdAt: Date

    package init(
        id: UserID, email: String, fullName: String, role: Role, isActive: Bool, teams: [String], timeZone: String, locale: String,
        createdAt: Date
    ) {
        self.id = id
        self.email = email
        self.fullName = fullName
        self.role = role
        self.isActive = isActive
        self.isSuperuser = role == .admin
        self.teams = teams
        self.timeZone = timeZone
        self.locale = locale
        self.createdAt = createdAt
    }
}
