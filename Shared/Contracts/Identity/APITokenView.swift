package import Foundation

/// An API token as lists show it, and, when it has just been made, with its text.
package struct APITokenView: Codable, Sendable, Hashable {
    package let id: APITokenID
    package let name: String
    package let role: Role
    /// The account it acts for; what that account may not do, the token may not either.
    package let ownerID: UserID
    package let createdAt: Date
    package let expiresAt: Date
    /// To the minute.
    package let lastUsedAt: Date?
    package let revokedAt: Date?
    /// Only in the answer to its making.
    package let token: String?

    package init(
        id: APITokenID, name: String, role: Role, ownerID: UserID, createdAt: Date, expiresAt: Date, lastUsedAt: Date?, revokedAt: Date?,
        token: String? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.ownerID = ownerID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
        self.token = token
    }
}
