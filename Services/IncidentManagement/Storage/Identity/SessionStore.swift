package import Auth
import Contracts
import Foundation
package import Postgres
import ServiceKit

/// Sign-ins and their rotating refresh tokens.
package struct SessionStore: Sendable {
    private let db: PostgresLane

    package init(_ db: PostgresLane) {
        self.db = db
    }

    /// Why a family of refresh tokens died.
    enum Ending: String, Sendable {
        case logout, reuse
        case passwordChanged = "password_changed"
        case userDisabled = "user_disabled"
        case userDeleted = "user_deleted"
    }

    /// What became of a refresh, and, when there is one, the next token.
    struct Refresh: Sendable {
        let decision: RefreshDecision
        let user: User?
        let token: APIToken?
    }

    /// Starts a session and records the sign-in; nil when what was verified no longer holds.
    ///
    /// The account is locked before its sessions, as a change of it does: either that change sees this session and ends it, or this
    /// sees the change and starts none.
    package func open(for verified: UserStore.Credential, origin: AuditOrigin) async throws -> APIToken? {
        let user = verified.user
        let token = APIToken.make(kind: .refresh)
        let session = UUID.version7(at: origin.at)
        let expiry = origin.at.addingTimeInterval(SessionLifetime.session.inSeconds)
        return try await db.transaction { tx in
            guard try await UserStore.stillHolds(verified, in: tx) else { return nil }
            try await tx.execute(
                """
                INSERT INTO incident.user_session (id, user_id, created_at, expires_at)
                VALUES (\(session), \(user.id), \(origin.at), \(expiry))
                """
            )
            try await Self.add(token, to: session, at: origin.at, in: tx)
            try await AuditStore(tx).append(AuditEntry(origin, "session.open", user.auditObject))
            return token
        }
    }

    /// Exchanges a refresh token. A reused one kills its family, and that is committed although the answer is no.
    func refresh(_ presented: APIToken, client: String, origin: AuditOrigin) async throws -> Refresh {
        try await db.transaction { tx in
            guard let row = try await Self.lock(presented, in: tx) else { return Refresh(decision: .unknown, user: nil, token: nil) }
            let session: UUID = try row("session_id")
            let user = try User(row: row)
            let decision = try RefreshToken(row: row).decision(for: client, at: origin.at)
            switch decision {
            case .rotate, .rotateAgain:
                let next = APIToken.make(kind: .refresh)
                try await tx.execute(
                    """
                    UPDATE incident.refresh_token SET used_at = coalesce(used_at, \(origin.at)), used_by = coalesce(used_by, \(client))
                    WHERE digest = \(presented.digest)
                    """
                )
                try await Self.add(next, to: session, at: origin.at, in: tx)
                return Refresh(decision: decision, user: user, token: next)
            case .reused:
                try await Self.revoke(session, .reuse, at: origin.at, in: tx)
                try await AuditStore(tx).append(AuditEntry(origin, "session.reuse", user.auditObject))
                return Refresh(decision: decision, user: user, token: nil)
            case .expired, .revoked, .disabled, .unknown:
                return Refresh(decision: decision, user: nil, token: nil)
            }
        }
    }

    /// Ends the session that token belongs to; one that has ended already stays ended.
    func close(_ presented: APIToken, origin: AuditOrigin) async throws {
        try await db.transaction { tx in
            guard let row = try await Self.lock(presented, in: tx) else { return }
            let user = try User(row: row)
            guard try await Self.revoke(try row("session_id"), .logout, at: origin.at, in: tx) else { return }
            try await AuditStore(tx).append(AuditEntry(origin.by(user.email), "session.close", user.auditObject))
        }
    }

    /// Ends all sessions of somebody.
    func closeAll(of user: UserID, origin: AuditOrigin) async throws {
        try await db.transaction { tx in
            try await Self.revokeAll(of: user, .logout, at: origin.at, in: tx)
            try await AuditStore(tx).append(AuditEntry(origin, "session.close_all", "user:\(user)"))
        }
    }

    static func revokeAll(of user: UserID, _ ending: Ending, at now: Date, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            UPDATE incident.user_session SET revoked_at = \(now), revoked_reason = \(ending)
            WHERE user_id = \(user) AND revoked_at IS NULL
            """
        )
    }

    /// False when it had ended before.
    @discardableResult
    private static func revoke(_ session: UUID, _ ending: Ending, at now: Date, in tx: PostgresTransaction) async throws -> Bool {
        try await tx.execute(
            """
            UPDATE incident.user_session SET revoked_at = \(now), revoked_reason = \(ending)
            WHERE id = \(session) AND revoked_at IS NULL
            """
        ) == 1
    }

    /// The token with its session and owner, its row and session locked: of two refreshes at once one is second.
    private static func lock(_ presented: APIToken, in tx: PostgresTransaction) async throws -> PostgresRow? {
        try await tx.query(
            """
            SELECT t.session_id, t.used_at, t.used_by, s.expires_at AS session_expires_at, s.revoked_at AS session_revoked_at,
                   u.id, u.email, u.user_name, u.full_name, u.role, u.is_active, u.teams, u.time_zone, u.locale, u.created_at, u.version
            FROM incident.refresh_token AS t
            JOIN incident.user_session AS s ON s.id = t.session_id
            JOIN incident.app_user AS u ON u.id = s.user_id
            WHERE t.digest = \(presented.digest)
            FOR UPDATE OF t, s
            """
        ).first
    }

    private static func add(_ token: APIToken, to session: UUID, at now: Date, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "INSERT INTO incident.refresh_token (digest, session_id, issued_at) VALUES (\(token.digest), \(session), \(now))"
        )
    }
}

extension RefreshToken {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            usedAt: try row("used_at"), usedBy: try row("used_by"), sessionExpiresAt: try row("session_expires_at"),
            sessionRevokedAt: try row("session_revoked_at"), ownerIsActive: try row("is_active")
        )
    }
}
