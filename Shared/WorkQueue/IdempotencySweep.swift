package import Foundation
package import Postgres
package import ServiceKit

/// Deletes answers older than ``IdempotencyStore/retention``, a bounded piece each tick.
package struct IdempotencySweep: Worker {
    /// Rows of a tick: a few milliseconds, so that neither locks nor WAL pile up.
    package static let batch = 1_000

    package let name = "idempotency-sweep"
    private let table: String
    private let database: any PostgresSession

    package init(schema: String, database: any PostgresSession) {
        table = "\(schema).idempotency"
        self.database = database
    }

    package func tick(now: Date) async throws -> TickReport {
        let oldest = now.adding(.zero - IdempotencyStore.retention)
        let deleted = try await database.execute(
            """
            DELETE FROM \(unsafeSQL: table) WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM \(unsafeSQL: table) WHERE created_at < \(oldest)
               ORDER BY created_at LIMIT \(unsafeSQL: "\(Self.batch)") FOR UPDATE SKIP LOCKED))
            """)
        return TickReport(handled: deleted, more: deleted == Self.batch)
    }
}
