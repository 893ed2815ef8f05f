package import Contracts
import Foundation
package import Postgres

/// Who is behind an id, an address or a name: what the incident's side needs to know about people.
package struct UserDirectory: RecipientDirectory {
    private let users: UserStore

    package init(_ db: PostgresLane) {
        users = UserStore(db)
    }

    /// The active admins, at most 100, oldest first.
    package func admins() async throws -> [Recipient] {
        try await users.activeAdmins().map { $0.recipient(reason: "admin") }
    }

    /// Nil for an unknown, deleted or disabled user.
    package func recipient(_ user: UserID) async throws -> Recipient? {
        guard let user = try await users.find(user), user.isActive else { return nil }
        return user.recipient(reason: "user")
    }

    /// The active accounts of a team, at most 100, oldest first.
    package func members(of team: String) async throws -> [Recipient] {
        try await users.list(UserFilter(isActive: true, team: team), after: nil, limit: 100).map { $0.recipient(reason: "team") }
    }

    package func assignees(_ handles: [String]) async throws -> [Recipient] {
        let known = try await resolve(handles).users
        return handles.map { handle in
            if let user = known[handle], user.isActive {
                return Recipient(userID: user.id, name: user.name, email: user.email, role: "assignee", reason: "assigned")
            }
            let isAddress = known[handle] == nil && handle.contains("@")
            return Recipient(
                userID: nil, name: handle, email: isAddress ? handle : "", role: "assignee",
                reason: known[handle] == nil ? "assigned" : "account_disabled"
            )
        }
    }

    package func timeZones(of users: [UserID]) async throws -> [UserID: String] {
        try await self.users.timeZones(of: users)
    }

    /// Nil when there is no such account or it was deleted; a disabled one says so.
    package func user(_ id: UserID) async throws -> KnownUser? {
        try await users.find(id)?.known
    }

    /// The accounts behind e-mail addresses and user names in any spelling; unknown ones are left out, disabled ones say so.
    package func resolve(_ handles: [String]) async throws -> RecipientAnswer {
        let logins = handles.map { ($0, LoginName($0)) }
        var emails: [String] = []
        var names: [String] = []
        for (_, login) in logins {
            switch login {
            case .email(let email): emails.append(email)
            case .userName(let name): names.append(name)
            }
        }
        let found = try await users.find(emails: emails, userNames: names)
        var known: [LoginName: KnownUser] = [:]
        for user in found {
            known[LoginName(user.email)] = user.known
            if let name = user.userName { known[.userName(name)] = user.known }
        }
        let pairs = logins.compactMap { handle, login in known[login].map { (handle, $0) } }
        return RecipientAnswer(users: Dictionary(pairs) { first, _ in first })
    }
}
