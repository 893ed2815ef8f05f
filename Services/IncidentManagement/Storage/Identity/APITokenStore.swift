package import Contracts
import Foundation
package import Postgres

/// Programs' tokens. A token acts for its owner: it may no more than its own role and no more than the owner may now.
struct APITokenStore: Sendable {
    let db: PostgresLane

    private static let columns: SQL = "id, name, role, owner_id, created_at, expires_at, last_used_at, revoked_at"

    /// Expired tokens stay in the list long enough for somebody to see why a program stopped; then nobody looks for them.
    private static let listedExpired: TimeInterval = 30 * 86_400

    /// Stores a token that has just been made, for that person or for the owner of that other token, which it does not outlive.
    func create(_ draft: APITokenDraft, digest: String, for maker: TokenMaker, origin: AuditOrigin) async throws -> APITokenView {
        do {
            return try await db.transaction { tx in
                guard let source = try await Self.source(maker, at: origin.at, in: tx) else { throw IdentityError.noAccount }
                try await Self.freeName(draft.name, origin: origin, in: tx)
                let token = try await tx.one(
                    APITokenView.self,
                    """
                    INSERT INTO incident.api_token (id, digest, name, role, owner_id, parent_id, created_at, expires_at)
                    VALUES (\(APITokenID.make(at: origin.at)), \(digest), \(draft.name), \(draft.role), \(source.owner), \(source.parent),
                            \(origin.at), least(\(draft.expiresAt)::timestamptz, \(source.end)::timestamptz))
                    RETURNING \(fragment: Self.columns)
                    """
                )
                try await AuditStore(tx).append(AuditEntry(origin, "api_token.create", token.auditObject, after: token.audited))
                return token
            }
        } catch  where PostgresError.isUniqueViolation(error, of: "api_token_name_key") {
            throw IdentityError.tokenNameTaken
        }
    }

    /// Newest first, from before the given one; revoked ones and those that expired long ago are left out.
    func list(_ reach: TokenReach, before id: APITokenID?, limit: Int, at now: Date) async throws -> [APITokenView] {
        try await db.all(
            APITokenView.self,
            """
            SELECT \(fragment: Self.columns) FROM incident.api_token
            WHERE \(fragment: reach.condition) AND expires_at > \(now.addingTimeInterval(-Self.listedExpired))
              AND (\(id)::uuid IS NULL OR id < \(id)::uuid)
            ORDER BY id DESC
            LIMIT \(limit)
            """
        )
    }

    /// Revokes a token within reach and all it made.
    ///
    /// Its owner is locked first, which ``create(_:digest:for:origin:)`` holds: a token that is being made is waited for, and the statement
    /// after sees it.
    func revoke(_ id: APITokenID, within reach: TokenReach, origin: AuditOrigin) async throws {
        try await db.transaction { tx in
            try await tx.execute(
                """
                SELECT id FROM incident.app_user
                WHERE id = (SELECT owner_id FROM incident.api_token WHERE id = \(id))
                FOR UPDATE
                """
            )
            let revoked = try await tx.all(
                APITokenView.self,
                """
                WITH RECURSIVE family AS (
                    SELECT id FROM incident.api_token
                    WHERE id = \(id) AND \(fragment: reach.condition)
                    UNION
                    SELECT child.id FROM incident.api_token AS child JOIN family ON child.parent_id = family.id
                )
                UPDATE incident.api_token SET revoked_at = \(origin.at)
                WHERE id IN (SELECT id FROM family) AND revoked_at IS NULL
                RETURNING \(fragment: Self.columns)
                """
            )
            guard !revoked.isEmpty else { throw IdentityError.noSuchToken }
            for token in revoked {
                try await AuditStore(tx).append(AuditEntry(origin, "api_token.revoke", token.auditObject, before: token.audited))
            }
        }
    }

    /// Revokes all of somebody who is deleted, whose account is locked already.
    static func revokeAll(of owner: UserID, origin: AuditOrigin, in tx: PostgresTransaction) async throws {
        try await revoke("owner_id = \(owner)", .ownerDeleted, origin: origin, in: tx)
    }

    /// Why tokens ended that nobody revoked by their id, as the record says it.
    private enum Ending: String {
        case ownerDeleted = "owner_deleted"
        case nameReused = "name_reused"
    }

    private static func revoke(_ which: SQL, _ ending: Ending, origin: AuditOrigin, in tx: PostgresTransaction) async throws {
        let revoked = try await tx.all(
            APITokenView.self,
            """
            UPDATE incident.api_token SET revoked_at = \(origin.at)
            WHERE \(fragment: which) AND revoked_at IS NULL
            RETURNING \(fragment: columns)
            """
        )
        let reason = JSONValue.object([.init("reason", .string(ending.rawValue))])
        for token in revoked {
            let entry = AuditEntry(origin, "api_token.revoke", token.auditObject, before: token.audited, after: reason)
            try await AuditStore(tx).append(entry)
        }
    }

    /// What the token of that digest may do now; nil when it is unknown, expired or revoked, or its owner is disabled.
    func standing(digest: String, at now: Date) async throws -> Standing? {
        guard let row = try await row(digest: digest, at: now) else { return nil }
        let used: Date? = try row("last_used_at")
        if used.map({ now.timeIntervalSince($0) >= Self.lastUsedPrecision }) ?? true {
            try await touch(digest: digest, at: now)
        }
        let role: Role = try row("role")
        let ownerRole: Role = try row("owner_role")
        return Standing(
            role: min(role, ownerRole), userID: try row("owner_id"), name: try row("name"), email: try row("owner_email"),
            teams: try row("teams")
        )
    }

    /// A token in constant use costs one write a minute, not one a request.
    private static let lastUsedPrecision: TimeInterval = 60

    private func row(digest: String, at now: Date) async throws -> PostgresRow? {
        try await db.query(
            """
            SELECT t.name, t.role, t.owner_id, t.last_used_at, u.role AS owner_role, u.email AS owner_email, u.teams
            FROM incident.api_token AS t
            JOIN incident.app_user AS u ON u.id = t.owner_id
            WHERE t.digest = \(digest) AND t.revoked_at IS NULL AND t.expires_at > \(now) AND u.is_active
            """
        ).first
    }

    private func touch(digest: String, at now: Date) async throws {
        try await db.execute(
            """
            UPDATE incident.api_token SET last_used_at = \(now)
            WHERE digest = \(digest) AND (last_used_at IS NULL OR last_used_at < \(now))
            """
        )
    }

    /// Takes the name from a token that has left the list: who is told that it is taken could not find by whom.
    private static func freeName(_ name: String, origin: AuditOrigin, in tx: PostgresTransaction) async throws {
        let unlisted = origin.at.addingTimeInterval(-listedExpired)
        try await revoke("lower(name) = lower(\(name)) AND expires_at <= \(unlisted)", .nameReused, origin: origin, in: tx)
    }

    /// Whose a new token is, and the token it comes from.
    private struct Source {
        let owner: UserID
        var parent: APITokenID?
        /// When the parent expires.
        var end: Date?
    }

    /// Nil when the maker has come to its end meanwhile.
    private static func source(_ maker: TokenMaker, at now: Date, in tx: PostgresTransaction) async throws -> Source? {
        switch maker {
        case .user(let id): return try await hold(id, in: tx) ? Source(owner: id) : nil
        case .token(let digestPrefix, let owner):
            // The owner first: who revokes the token may have to be waited for, and the statement after sees it.
            guard try await hold(owner, in: tx) else { return nil }
            let row = try await tx.query(
                """
                SELECT id, expires_at FROM incident.api_token
                WHERE owner_id = \(owner) AND starts_with(digest, \(digestPrefix)) AND revoked_at IS NULL AND expires_at > \(now)
                FOR SHARE
                """
            ).first
            return try row.map { Source(owner: owner, parent: try $0("id"), end: try $0("expires_at")) }
        }
    }

    /// Whether somebody may own a new token; until the transaction ends none of theirs is revoked, and they are neither disabled nor deleted.
    private static func hold(_ owner: UserID, in tx: PostgresTransaction) async throws -> Bool {
        try await !tx.query("SELECT id FROM incident.app_user WHERE id = \(owner) AND is_active AND deleted_at IS NULL FOR SHARE").isEmpty
    }
}

/// Which tokens somebody may see and revoke.
struct TokenReach: Sendable {
    /// Nil is everybody's.
    var owner: UserID?
    var roles: [Role] = Role.allCases
    /// The owner's token whose digest starts so is within reach whatever its role.
    var caller: String?

    fileprivate var condition: SQL {
        """
        revoked_at IS NULL AND (\(owner)::uuid IS NULL OR owner_id = \(owner)::uuid)
        AND (role = ANY (\(roles)::text[]) OR starts_with(digest, \(caller)::text))
        """
    }
}

/// Who asks for a token: a person, or a program with a token of its own.
enum TokenMaker: Sendable, Hashable {
    case user(UserID)
    /// By the start of its digest, as ``Principal/tokenID`` has it. Not by its name: one revoked since it was recognised would pass for the
    /// next of that name.
    case token(digestPrefix: String, owner: UserID)
}

extension APITokenView: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), name: try row("name"), role: try row("role"), ownerID: try row("owner_id"), createdAt: try row("created_at"),
            expiresAt: try row("expires_at"), lastUsedAt: try row("last_used_at"), revokedAt: try row("revoked_at")
        )
    }
}
