package import Foundation
package import Postgres
package import ServiceKit

/// What is known of a request with an idempotency key.
package enum IdempotencyAnswer: Sendable, Hashable {
    /// Never seen: do it, then ``IdempotencyStore/complete(in:_:status:body:)`` in the same transaction.
    case fresh
    /// Done before: answer this again.
    case replay(status: Int, body: String)
    /// Seen with another body: 422.
    case mismatch
}

/// Answers of requests by (principal, route, key), so that a repeated request is answered and not done again (reliability ING-3).
///
/// Both calls belong into the transaction that does the work. A concurrent twin waits in ``begin(in:_:now:)`` on the unique
/// key until the first one's transaction ends: then it replays the answer, or is fresh itself when that one rolled back. Failures are not
/// kept, since their transaction does not commit. ``IdempotencySweep`` removes old answers.
package struct IdempotencyStore: Sendable {
    /// Longer than the oldest outbox row of a neighbour is expected to live.
    package static let retention: Duration = .seconds(7 * 86_400)

    private let table: String

    package init(schema: String) {
        table = "\(schema).idempotency"
    }

    /// Takes the key, or says what became of it.
    /// - Throws: what the database throws, `lock_timeout` included.
    package func begin(in tx: PostgresTransaction, _ key: RequestKey, now: Date) async throws -> IdempotencyAnswer {
        let taken = try await tx.execute(
            """
            INSERT INTO \(unsafeSQL: table) (scope, route, key, body_sha256, created_at)
            VALUES (\(key.scope), \(key.route), \(key.key), \(key.bodyDigest), \(now)) ON CONFLICT (scope, route, key) DO NOTHING
            """)
        return taken == 1 ? .fresh : try await answer(in: tx, key)
    }

    /// Keeps the answer for the twins to come; only after a `.fresh`.
    package func complete(in tx: PostgresTransaction, _ key: RequestKey, status: Int, body: String) async throws {
        try await tx.execute(
            """
            UPDATE \(unsafeSQL: table) SET status = \(status), body = \(body)
             WHERE scope = \(key.scope) AND route = \(key.route) AND key = \(key.key)
            """)
    }

    /// The row is locked, so that of twins that find one without an answer (its handler committed without completing) only one does the work.
    private func answer(in tx: PostgresTransaction, _ key: RequestKey) async throws -> IdempotencyAnswer {
        let rows = try await tx.query(
            """
            SELECT body_sha256, status, body FROM \(unsafeSQL: table)
             WHERE scope = \(key.scope) AND route = \(key.route) AND key = \(key.key) FOR UPDATE
            """)
        // Swept between the two statements: seven days old and being repeated at this very moment is as good as new.
        guard let row = rows.first else { return .fresh }
        guard try row("body_sha256", as: Data.self) == key.bodyDigest else { return .mismatch }
        guard let status = try row("status", as: Int?.self), let body = try row("body", as: String?.self) else { return .fresh }
        return .replay(status: status, body: body)
    }
}
