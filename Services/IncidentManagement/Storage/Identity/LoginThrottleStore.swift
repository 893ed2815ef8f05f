import Contracts
import Crypto
import Foundation
import Postgres

/// Counts the attempts to sign in, in the database, so that it does not help to ask another instance.
struct LoginThrottleStore: Sendable {
    let db: PostgresLane

    /// One login from one network.
    struct Key: Sendable, Hashable {
        let login: String
        let network: String

        /// All spellings of one account are one key. Who is nobody is known by a digest only: people type passwords into the wrong field.
        init(_ login: LoginName, of user: User?, from network: NetworkPrefix) {
            self.login = user?.id.description ?? SHA256.hex(login.canonical)
            self.network = network.text
        }
    }

    /// Takes one attempt, or says how long to wait; attempts made at once are taken one after the other.
    func admit(_ key: Key, at now: Date) async throws -> ThrottleDecision {
        try await db.transaction { tx in
            try await tx.execute(
                """
                INSERT INTO incident.login_throttle (login, network, failures, blocked_until)
                VALUES (\(key.login), \(key.network), 0, \(now))
                ON CONFLICT (login, network) DO NOTHING
                """
            )
            var throttle = try await Self.lock(key, in: tx) ?? LoginThrottle(failures: 0, blockedUntil: now)
            let decision = throttle.admit(at: now)
            if decision == .admitted { try await Self.save(throttle, key, in: tx) }
            return decision
        }
    }

    /// The attempt was right: what went before is forgotten.
    func clear(_ key: Key) async throws {
        try await db.execute("DELETE FROM incident.login_throttle WHERE login = \(key.login) AND network = \(key.network)")
    }

    /// Nobody looked at the password: the attempt does not count.
    func giveBack(_ key: Key, at now: Date) async throws {
        try await db.transaction { tx in
            guard var throttle = try await Self.lock(key, in: tx) else { return }
            throttle.giveBack(at: now)
            try await Self.save(throttle, key, in: tx)
        }
    }

    private static func lock(_ key: Key, in tx: PostgresTransaction) async throws -> LoginThrottle? {
        let row = try await tx.query(
            """
            SELECT failures, blocked_until FROM incident.login_throttle
            WHERE login = \(key.login) AND network = \(key.network)
            FOR UPDATE
            """
        ).first
        return try row.map { LoginThrottle(failures: try $0("failures"), blockedUntil: try $0("blocked_until")) }
    }

    private static func save(_ throttle: LoginThrottle, _ key: Key, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            UPDATE incident.login_throttle SET failures = \(throttle.failures), blocked_until = \(throttle.blockedUntil)
            WHERE login = \(key.login) AND network = \(key.network)
            """
        )
    }
}
