package import Contracts
package import Foundation

/// A person with an account. The password is not part of it: its hash never leaves the store but to be compared.
package struct User: Sendable, Hashable {
    package let id: UserID
    package let email: String
    package let userName: String?
    package let fullName: String
    package let role: Role
    package let isActive: Bool
    package let teams: [String]
    package let timeZone: String
    package let locale: String
    package let createdAt: Date
    /// Rises with every change; the entity tag.
    package let version: Int

    package init(
        id: UserID, email: String, userName: String?, fullName: String, role: Role, isActive: Bool, teams: [String], timeZone: String,
        locale: String, createdAt: Date, version: Int
    ) {
        self.id = id
        self.email = email
        self.userName = userName
        self.fullName = fullName
        self.role = role
        self.isActive = isActive
        self.teams = teams
        self.timeZone = timeZone
        self.locale = locale
        self.createdAt = createdAt
        self.version = version
    }
}

extension User {
    package var view: UserView {
        UserView(
            id: id, email: email, fullName: fullName, role: role, isActive: isActive, teams: teams, timeZone: timeZone, locale: locale,
            createdAt: createdAt
        )
    }

    package var known: KnownUser { KnownUser(id: id, name: fullName, email: email, isActive: isActive) }

    /// - Parameter reason: why this person is paged.
    package func recipient(reason: String) -> Recipient {
        Recipient(userID: id, name: fullName, email: email, role: role.rawValue, reason: reason)
    }

    /// What a disabled person may do is nothing.
    package var standing: Standing {
        isActive ? Standing(role: role, userID: id, name: fullName, email: email, teams: teams) : .none
    }
}
