package import Contracts
import Foundation
import Postgres

extension UserStore {
    package func create(_ draft: UserDraft, passwordHash: String, origin: AuditOrigin) async throws -> User {
        try await Self.namingTaken {
            try await db.transaction { tx in try await Self.insert(draft, passwordHash, origin, in: tx) }
        }
    }

    /// Makes the first admin, once: the set-up token is used up, and so are all others.
    package func createFirstAdmin(_ draft: UserDraft, passwordHash: String, tokenDigest: String, origin: AuditOrigin) async throws -> User {
        try await Self.namingTaken {
            try await db.transaction { tx in
                _ = try await tx.query("SELECT pg_advisory_xact_lock(\(IdentityLock.setup))")
                guard try await !Self.hasActiveAdmin(in: tx) else { throw IdentityError.alreadySetUp }
                let used = try await tx.execute(
                    "DELETE FROM incident.setup_token WHERE digest = \(tokenDigest) AND expires_at > \(origin.at)"
                )
                guard used == 1 else { throw IdentityError.wrongSetupToken }
                try await tx.execute("DELETE FROM incident.setup_token")
                return try await Self.insert(draft, passwordHash, origin, in: tx)
            }
        }
    }

    /// Applies a change; nil `version` overwrites whatever somebody else did meanwhile.
    ///
    /// A new password, a disabled account and a lost role end what was signed in with the old one, in the same transaction.
    ///
    /// - Parameter verified: whose current password was compared; it must still be that.
    package func change(
        _ id: UserID, _ change: UserChange, passwordHash: String?, ifVersion version: Int? = nil, verified: Credential? = nil,
        origin: AuditOrigin
    ) async throws -> User {
        try await Self.namingTaken {
            try await db.transaction { tx in
                let before = try await Self.lock(id, in: tx)
                if let version, version != before.version { throw IdentityError.changedMeanwhile }
                if let verified, try await !Self.stillHolds(verified, in: tx) { throw IdentityError.wrongCurrentPassword }
                let after = try await Self.update(before, change, passwordHash, at: origin.at, in: tx)
                try await Self.requireAnAdmin(after: before, in: tx)
                if passwordHash != nil { try await SessionStore.revokeAll(of: id, .passwordChanged, at: origin.at, in: tx) }
                if before.isActive, !after.isActive { try await SessionStore.revokeAll(of: id, .userDisabled, at: origin.at, in: tx) }
                let record = AuditStore(tx)
                try await record.append(AuditEntry(origin, "user.change", after.auditObject, before: before.audited, after: after.audited))
                if passwordHash != nil { try await record.append(AuditEntry(origin, "user.password_change", after.auditObject)) }
                return after
            }
        }
    }

    /// Deletes softly: nobody finds the account any more, and its address is free again.
    package func delete(_ id: UserID, ifVersion version: Int? = nil, origin: AuditOrigin) async throws {
        try await db.transaction { tx in
            let before = try await Self.lock(id, in: tx)
            if let version, version != before.version { throw IdentityError.changedMeanwhile }
            try await tx.execute(
                """
                UPDATE incident.app_user
                SET is_active = false, deleted_at = \(origin.at), updated_at = \(origin.at), version = version + 1
                WHERE id = \(id)
                """
            )
            try await Self.requireAnAdmin(after: before, in: tx)
            try await SessionStore.revokeAll(of: id, .userDeleted, at: origin.at, in: tx)
            try await APITokenStore.revokeAll(of: id, origin: origin, in: tx)
            try await AuditStore(tx).append(AuditEntry(origin, "user.delete", before.auditObject, before: before.audited))
        }
    }

    private static func insert(
        _ draft: UserDraft, _ passwordHash: String, _ origin: AuditOrigin, in tx: PostgresTransaction
    ) async throws -> User {
        let wished = draft.userName?.text
        // Without a wish the name is the address's first part, unless somebody has it.
        let usual = wished == nil ? UserName(localPartOf: draft.email)?.text : nil
        let user = try await tx.one(
            User.self,
            """
            INSERT INTO incident.app_user (id, email, email_canonical, user_name, full_name, role, is_active, time_zone, locale, teams,
                                           password_hash, created_at, updated_at)
            SELECT \(UserID.make(at: origin.at)), \(draft.email.text), \(draft.email.canonical),
                   coalesce(\(wished)::text, (SELECT name FROM (SELECT \(usual)::text AS name) AS usual WHERE NOT EXISTS
                       (SELECT FROM incident.app_user AS other WHERE other.user_name = usual.name AND other.deleted_at IS NULL))),
                   \(draft.fullName), \(draft.role), \(draft.isActive), \(draft.timeZone), \(draft.locale), \(draft.teams),
                   \(passwordHash), \(origin.at), \(origin.at)
            RETURNING \(fragment: User.columns)
            """
        )
        try await AuditStore(tx).append(AuditEntry(origin, "user.create", user.auditObject, after: user.audited))
        return user
    }

    /// Admins are locked together and in order, so that two of them cannot each remove the other.
    private static func lock(_ id: UserID, in tx: PostgresTransaction) async throws -> User {
        let locked = try await tx.all(
            User.self,
            """
            SELECT \(fragment: User.columns) FROM incident.app_user
            WHERE deleted_at IS NULL AND (id = \(id) OR (role = 'admin' AND is_active))
            ORDER BY id
            FOR UPDATE
            """
        )
        guard let user = locked.first(where: { $0.id == id }) else { throw IdentityError.noSuchUser }
        return user
    }

    private static func requireAnAdmin(after before: User, in tx: PostgresTransaction) async throws {
        guard before.role == .admin, before.isActive else { return }
        guard try await hasActiveAdmin(in: tx) else { throw IdentityError.lastAdmin }
    }

    private static func update(
        _ before: User, _ change: UserChange, _ passwordHash: String?, at now: Date, in tx: PostgresTransaction
    ) async throws -> User {
        let signsOut = passwordHash != nil || change.isActive == false
        return try await tx.one(
            User.self,
            """
            UPDATE incident.app_user
            SET email = coalesce(\(change.email?.text)::text, email),
                email_canonical = coalesce(\(change.email?.canonical)::text, email_canonical),
                user_name = coalesce(\(change.userName?.text)::text, user_name),
                full_name = coalesce(\(change.fullName)::text, full_name),
                role = coalesce(\(change.role)::text, role),
                is_active = coalesce(\(change.isActive)::bool, is_active),
                teams = coalesce(\(change.teams)::text[], teams),
                time_zone = coalesce(\(change.timeZone)::text, time_zone),
                locale = coalesce(\(change.locale)::text, locale),
                password_hash = coalesce(\(passwordHash)::text, password_hash),
                signed_out_at = CASE WHEN \(signsOut) THEN \(now) ELSE signed_out_at END,
                version = version + 1,
                updated_at = \(now)
            WHERE id = \(before.id)
            RETURNING \(fragment: User.columns)
            """
        )
    }

    /// Says which name is taken when a unique index refuses.
    private static func namingTaken<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch  where PostgresError.isUniqueViolation(error, of: "app_user_email_key") {
            throw IdentityError.emailTaken
        } catch  where PostgresError.isUniqueViolation(error, of: "app_user_user_name_key") {
            throw IdentityError.userNameTaken
        }
    }
}
