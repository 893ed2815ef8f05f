import Foundation
import Postgres

/// Forgets what has expired, some rows at a time.
struct IdentityExpiryStore: Sendable {
    let db: PostgresLane

    /// How many rows were forgotten.
    func sweep(at now: Date, limit: Int) async throws -> Int {
        let sessions = try await db.execute(
            """
            DELETE FROM incident.user_session
            WHERE id IN (SELECT id FROM incident.user_session WHERE expires_at < \(now) ORDER BY expires_at LIMIT \(limit))
            """
        )
        let refused = try await db.execute(
            """
            DELETE FROM incident.revoked_access_token
            WHERE digest IN (SELECT digest FROM incident.revoked_access_token WHERE expires_at < \(now) ORDER BY expires_at LIMIT \(limit))
            """
        )
        let forgotten = now.addingTimeInterval(-LoginThrottle.memory)
        let throttles = try await db.execute(
            """
            DELETE FROM incident.login_throttle
            WHERE (login, network) IN (SELECT login, network FROM incident.login_throttle
                                       WHERE blocked_until < \(forgotten) ORDER BY blocked_until LIMIT \(limit))
              AND blocked_until < \(forgotten)
            """
        )
        return sessions + refused + throttles
    }
}
