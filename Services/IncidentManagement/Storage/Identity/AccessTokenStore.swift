import Contracts
import Crypto
import Foundation
import Postgres
import ServiceKit

/// Access tokens that ended before they expired.
struct AccessTokenStore: Sendable {
    let db: PostgresLane

    /// Refuses a token from now on, until it would have expired anyway.
    func refuse(_ token: String, at now: Date) async throws {
        try await db.execute(
            """
            INSERT INTO incident.revoked_access_token (digest, expires_at)
            VALUES (\(SHA256.hex(token)), \(now.addingTimeInterval(SessionLifetime.accessToken.inSeconds)))
            ON CONFLICT (digest) DO NOTHING
            """
        )
    }

    /// Whether its holder signed out with it, or its account signed everybody out after it was issued.
    func isRefused(_ token: String, of user: UserID, issuedAt: Date) async throws -> Bool {
        let row = try await db.query(
            """
            SELECT signed_out_at, EXISTS (SELECT FROM incident.revoked_access_token WHERE digest = \(SHA256.hex(token))) AS is_refused
            FROM incident.app_user
            WHERE id = \(user)
            """
        ).first
        guard let row else { return true }
        if try row("is_refused") { return true }
        guard let signedOutAt: Date = try row("signed_out_at") else { return false }
        return signedOutAt.timeIntervalSince(issuedAt) > Self.grain
    }

    /// A token knows when it was issued to the millisecond, cut off; a sign-in takes a hundred times as long.
    private static let grain: TimeInterval = 0.002
}
