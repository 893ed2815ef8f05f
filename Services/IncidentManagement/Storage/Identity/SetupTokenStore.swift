import Crypto
import Foundation
import Postgres
import ServiceKit

/// The tokens one of which makes the first admin.
struct SetupTokenStore: Sendable {
    let db: PostgresLane

    /// A daemon that starts over and over leaves no more than this many behind.
    private static let mostKept = 10

    static func digest(_ token: String) -> String {
        SHA256.hex(token)
    }

    func add(digest: String, at now: Date) async throws {
        try await db.transaction { tx in
            try await tx.execute(
                """
                INSERT INTO incident.setup_token (digest, expires_at)
                VALUES (\(digest), \(now.addingTimeInterval(SessionLifetime.setupToken.inSeconds)))
                ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at
                """
            )
            try await tx.execute(
                """
                DELETE FROM incident.setup_token
                WHERE digest NOT IN (SELECT digest FROM incident.setup_token ORDER BY expires_at DESC LIMIT \(Self.mostKept))
                """
            )
        }
    }

    /// Whether that token would be accepted: asked before the costly hashing of the password, so that strangers cannot cause it.
    func isGood(digest: String, at now: Date) async throws -> Bool {
        try await db.value(
            Bool.self, "SELECT EXISTS (SELECT FROM incident.setup_token WHERE digest = \(digest) AND expires_at > \(now))"
        )
    }
}
