package import Foundation
package import Postgres
import ServiceKit

/// What is known of a request with an idempotency key.
package enum IdempotencyAnswer: Sendable, Hashable {
    /// Never seen: do it, then ``IdempotencyStore/complete(in:scope:route:key:status:body:)`` in the same transaction.
    case fresh
    /// Done before: answer this again.
    case replay(status: Int, body: String)
    /// Seen with another body: 422.
    case mismatch
}

/// Answers of requests by (principal, route, key), so that a repeated request is answered and not done again (reliability ING-3).
///
/// Both calls belong into the transaction that does the work. A concurrent twin waits in ``begin(in:scope:route:key:bodyDigest:now:)`` on the unique
/// key until the first one's transaction ends: then it replays the answer, or is fresh itself when that one rolled back. Failures are not
/// kept, since their transaction does not commit. ``IdempotencySweep`` removes old answers.
package struct IdempotencyStore: Sendable {
    /// Longer than the oldest outbox row of a neighbour is expected to live.
    package static let retention: Duration = .seconds(7 * 86_400)
    /// Bytes of a key, a route and a scope.
    package static let keyLimit = 255

    private let table: String

    package init(schema: String) {
        table = "\(schema).idempotency"
    }

    /// Takes the key, or says what became of it.
    /// - Parameter bodyDigest: SHA-256 of the request's body.
    /// - Throws: a ``Problem`` (400) for an empty or overlong key or one with a NUL; what the database throws, `lock_timeout` included.
    package func begin(
        in tx: PostgresTransaction, scope: String, route: String, key: String, bodyDigest: Data, now: Date
    ) async throws -> IdempotencyAnswer {
        guard (1...Self.keyLimit).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw Problem.badRequest(code: "invalid_idempotency_key", "Idempotency-Key must have 1 to \(Self.keyLimit) bytes")
        }
        let taken = try await tx.execute(
            """
            INSERT INTO \(unsafeSQL: table) (scope, route, key, body_sha256, created_at)
            VALUES (\(scope), \(route), \(key), \(bodyDigest), \(now)) ON CONFLICT (scope, route, key) DO NOTHING
            """)
        return taken == 1 ? .fresh : try await answer(in: tx, scope: scope, route: route, key: key, bodyDigest: bodyDigest)
    }

    /// Keeps the answer for the twins to come; only after a `.fresh`.
    package func complete(in tx: PostgresTransaction, scope: String, route: String, key: String, status: Int, body: String) async throws {
        try await tx.execute(
            """
            UPDATE \(unsafeSQL: table) SET status = \(status), body = \(body)
             WHERE scope = \(scope) AND route = \(route) AND key = \(key)
            """)
    }

    /// The row is locked, so that of twins that find one without an answer (its handler committed without completing) only one does the work.
    private func answer(
        in tx: PostgresTransaction, scope: String, route: String, key: String, bodyDigest: Data
    ) async throws -> IdempotencyAnswer {
        let rows = try await tx.query(
            """
            SELECT body_sha256, status, body FROM \(unsafeSQL: table)
             WHERE scope = \(scope) AND route = \(route) AND key = \(key) FOR UPDATE
            """)
        // Swept between the two statements: seven days old and being repeated at this very moment is as good as new.
        guard let row = rows.first else { return .fresh }
        guard try row("body_sha256", as: Data.self) == bodyDigest else { return .mismatch }
        guard let status = try row("status", as: Int?.self), let body = try row("body", as: String?.self) else { return .fresh }
        return .replay(status: status, body: body)
    }
}
