package import Contracts
package import Foundation
package import Postgres

/// Accounts. Every change writes its line of the record in the same transaction.
package struct UserStore: Sendable {
    let db: PostgresLane

    package init(_ db: PostgresLane) {
        self.db = db
    }

    package func find(_ id: UserID) async throws -> User? {
        try await db.first(User.self, "SELECT \(fragment: User.columns) FROM incident.app_user WHERE id = \(id) AND deleted_at IS NULL")
    }

    /// The account behind what somebody typed at sign-in, with its password's hash; also a disabled one.
    package func credential(of login: LoginName) async throws -> Credential? {
        switch login {
        case .email(let email):
            try await db.first(
                Credential.self,
                """
                SELECT \(fragment: Credential.columns) FROM incident.app_user
                WHERE email_canonical = \(email) AND deleted_at IS NULL
                """
            )
        case .userName(let name):
            try await db.first(
                Credential.self,
                "SELECT \(fragment: Credential.columns) FROM incident.app_user WHERE user_name = \(name) AND deleted_at IS NULL"
            )
        }
    }

    package func credential(of id: UserID) async throws -> Credential? {
        try await db.first(
            Credential.self,
            "SELECT \(fragment: Credential.columns) FROM incident.app_user WHERE id = \(id) AND deleted_at IS NULL"
        )
    }

    /// Oldest first, after the given one.
    package func list(_ filter: UserFilter, after id: UserID?, limit: Int) async throws -> [User] {
        try await db.all(
            User.self,
            """
            SELECT \(fragment: User.columns) FROM incident.app_user
            WHERE \(fragment: filter.condition) AND (\(id)::uuid IS NULL OR id > \(id)::uuid)
            ORDER BY id
            LIMIT \(limit)
            """
        )
    }

    package func count(_ filter: UserFilter) async throws -> Int {
        try await db.value(Int.self, "SELECT count(*) FROM incident.app_user WHERE \(fragment: filter.condition)")
    }

    package func activeAdmins() async throws -> [User] {
        try await db.all(
            User.self,
            "SELECT \(fragment: User.columns) FROM incident.app_user WHERE role = 'admin' AND is_active ORDER BY id LIMIT 100"
        )
    }

    /// The IANA zones of those accounts that there are.
    package func timeZones(of ids: [UserID]) async throws -> [UserID: String] {
        let rows = try await db.query("SELECT id, time_zone FROM incident.app_user WHERE id = ANY (\(ids)) AND deleted_at IS NULL")
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0("id", as: UserID.self), try $0("time_zone", as: String.self)) })
    }

    package func hasActiveAdmin() async throws -> Bool {
        try await Self.hasActiveAdmin(in: db)
    }

    static func hasActiveAdmin(in session: some PostgresSession) async throws -> Bool {
        try await session.value(Bool.self, "SELECT EXISTS (SELECT FROM incident.app_user WHERE role = 'admin' AND is_active)")
    }

    /// The accounts behind e-mail addresses and user names, by their canonical form.
    package func find(emails: [String], userNames: [String]) async throws -> [User] {
        try await db.all(
            User.self,
            """
            SELECT \(fragment: User.columns) FROM incident.app_user
            WHERE deleted_at IS NULL AND (email_canonical = ANY (\(emails)::text[]) OR user_name = ANY (\(userNames)::text[]))
            """
        )
    }

    /// Whether a credential read before is still worth what it was; until the transaction ends nobody can change that.
    ///
    /// Comparing a password takes long enough for an admin to set another, or to disable the account and enable it again, meanwhile.
    static func stillHolds(_ credential: Credential, in tx: PostgresTransaction) async throws -> Bool {
        try await !tx.query(
            """
            SELECT id FROM incident.app_user
            WHERE id = \(credential.user.id) AND is_active AND deleted_at IS NULL AND password_hash = \(credential.passwordHash)
              AND signed_out_at IS NOT DISTINCT FROM \(credential.signedOutAt)::timestamptz
            FOR SHARE
            """
        ).isEmpty
    }

    /// An account and what its password is compared with.
    package struct Credential: RowDecodable, Sendable {
        /// What ``init(row:)`` reads.
        static let columns: SQL = "\(fragment: User.columns), password_hash, signed_out_at"

        package let user: User
        package let passwordHash: String
        /// Moves when the account is disabled, which enabling it again does not undo.
        package let signedOutAt: Date?

        package init(row: PostgresRow) throws {
            user = try User(row: row)
            passwordHash = try row("password_hash")
            signedOutAt = try row("signed_out_at")
        }
    }
}

/// Which accounts to list; nil is any.
package struct UserFilter: Sendable {
    package var role: Role?
    package var isActive: Bool?
    package var team: String?

    package init(role: Role? = nil, isActive: Bool? = nil, team: String? = nil) {
        self.role = role
        self.isActive = isActive
        self.team = team
    }

    var condition: SQL {
        """
        deleted_at IS NULL
        AND (\(role)::text IS NULL OR role = \(role)::text)
        AND (\(isActive)::bool IS NULL OR is_active = \(isActive)::bool)
        AND (\(team)::text IS NULL OR \(team)::text = ANY (teams))
        """
    }
}
