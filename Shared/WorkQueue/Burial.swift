import CoreMetrics
import Foundation
import Postgres

/// Moves rows of a leased table to its `<table>_dead`, where a person sees them, and back.
struct Burial: Sendable {
    /// Of the columns both tables have, those a row keeps in its grave; the key is one of them.
    let kept: [String]
    let table: LeasedTable

    /// - Parameter detail: what is known beyond the reason, for the person who digs it up; otherwise the last recorded failure is kept.
    /// - Returns: how many leases were still held.
    func bury(_ db: any PostgresSession, _ leases: [Lease], reason: BurialReason, detail: String?, now: Date) async throws -> Int {
        guard !leases.isEmpty else { return 0 }
        let columns = kept.joined(separator: ", ")
        let details = leases.map { _ in detail.map(LeasedTable.stored) }
        let buried = try await db.execute(
            """
            WITH gone AS (
              DELETE FROM \(unsafeSQL: table.table) t
               USING unnest(\(leases.map(\.key))::text[], \(leases.map(\.fence))::bigint[], \(details)::text[]) AS held (key, fence, detail)
               WHERE \(fragment: table.isHeld) RETURNING t.*, held.detail)
            INSERT INTO \(unsafeSQL: table.table)_dead (\(unsafeSQL: columns), last_error, died_at, reason)
            SELECT \(unsafeSQL: columns), coalesce(detail, last_error), \(now), \(reason) FROM gone
            """, file: table.name, function: "bury")
        table.counters?.buried(buried, reason)
        table.counters?.stale.increment(by: Int64(leases.count - buried))
        return buried
    }

    /// Puts buried rows back at the end of the queue, due at `now`, with a clean record and without a deadline: a person has decided.
    func replay(_ db: any PostgresSession, _ ids: [Int64], now: Date) async throws -> Int {
        let columns = kept.filter { !["id", "expires_at", "attempts", "crashes"].contains($0) }.joined(separator: ", ")
        return try await db.execute(
            """
            WITH back AS (DELETE FROM \(unsafeSQL: table.table)_dead WHERE id = ANY(\(ids)) RETURNING *)
            INSERT INTO \(unsafeSQL: table.table) (\(unsafeSQL: columns), run_at)
            SELECT \(unsafeSQL: columns), \(now) FROM back ORDER BY id
            ON CONFLICT DO NOTHING
            """, file: table.name, function: "replay")
    }
}
