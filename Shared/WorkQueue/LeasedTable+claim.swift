import CoreMetrics
package import Foundation
package import Postgres

extension LeasedTable {
    /// Leases up to `limit` due rows that nobody holds; rows another worker is claiming right now are skipped, not waited for.
    ///
    /// A row whose lease ran out counts a crash. After the second in a row it is claimed alone, so that a row that kills its worker cannot take
    /// its neighbours to the limit with it; after the third it comes back in ``Claim/poisoned``.
    /// - Parameters:
    ///   - condition: narrows the claim to a lane; binds are welcome. Columns are `t.…`.
    ///   - db: not a transaction, because a claim does not wait for the disk, and neither would the rest of it. A claim that a crash of the database
    ///     loses was never made: whatever is written under it and safe takes it along. Should its fence be given out again, two workers hold the row,
    ///     as after a lease that ran out, and the message's id keeps its receiver from taking it twice.
    ///   - limit: clamped to 1…``claimLimit``; a literal in the statement, because a bound LIMIT ran 8 × slower (reliability §0.11).
    package func claim(
        _ db: PostgresLane, where condition: SQL = "true", now: Date, limit: Int, lease: Duration = Lease.usual, worker: String
    ) async throws -> Claim {
        let limit = min(max(limit, 1), Self.claimLimit)
        let statement = claimStatement(where: condition, now: now, limit: limit, lease: lease, worker: worker)
        let found = try await db.query(statement, file: name, function: "claim")
        let rows = try found.map(LeasedRow.init(row:))
        counters?.claimed.increment(by: Int64(rows.count))
        let alone = rows.first.map { $0.lease.crashes >= Self.loneCrashes } ?? false
        return Claim(
            rows: rows.filter { !$0.lease.isPoisoned },
            poisoned: rows.filter(\.lease.isPoisoned),
            more: rows.count == limit || alone
        )
    }

    /// Counts rows that came without a claim of the worker's own.
    package func countGiven(_ rows: Int) {
        counters?.claimed.increment(by: Int64(rows))
    }

    /// Leases rows that a transaction has just written, with its next statement or with COMMIT, and waits for the disk as it does.
    ///
    /// - Parameters:
    ///   - condition: names the rows; nobody else can see them yet.
    ///   - hear: gets what was leased; of use after the commit only, see ``LeasedInbox``.
    package func claim(
        later transaction: PostgresTransaction, where condition: SQL, now: Date, limit: Int, lease: Duration = Lease.usual, worker: String,
        hear: @escaping @Sendable ([LeasedRow]) -> Void
    ) {
        let limit = min(max(limit, 1), Self.claimLimit)
        let statement = claimStatement(where: condition, now: now, limit: limit, lease: lease, worker: worker, waitsForDisk: true)
        transaction.later(statement, file: name, function: "claim") { result in
            hear(result.rows.compactMap { try? LeasedRow(row: $0) })
        }
    }

    /// The claim as SQL, for a plan test (reliability QUE-2).
    ///
    /// - Parameter waitsForDisk: for a statement within a transaction that does more.
    package func claimStatement(
        where condition: SQL, now: Date, limit: Int, lease: Duration, worker: String, waitsForDisk: Bool = false
    ) -> SQL {
        """
        WITH pick AS MATERIALIZED (
          SELECT t.\(unsafeSQL: key) AS picked,
                 t.crashes + CASE WHEN t.lease_until IS NULL THEN 0 ELSE 1 END >= \(unsafeSQL: "\(Self.loneCrashes)") AS suspect
            FROM \(unsafeSQL: table) t
           WHERE \(unsafeSQL: filter) AND \(fragment: condition) AND t.\(unsafeSQL: due) <= \(now)
             AND (t.lease_until IS NULL OR t.lease_until < \(now))
           ORDER BY \(unsafeSQL: order) LIMIT \(unsafeSQL: "\(limit)") FOR UPDATE OF t SKIP LOCKED),
        placed AS MATERIALIZED (SELECT picked, suspect, row_number() OVER () AS lease_place FROM pick),
        claimed AS (
          UPDATE \(unsafeSQL: table) t
             SET lease_until = \(now.adding(lease)), fence = nextval('\(unsafeSQL: schema).fence_seq'), attempts = attempts + 1,
                 crashes = crashes + CASE WHEN lease_until IS NULL THEN 0 ELSE 1 END, worker = \(worker)
            FROM placed
           WHERE t.\(unsafeSQL: key) = placed.picked
             AND (NOT EXISTS (SELECT FROM placed WHERE suspect)
                  OR lease_place = (SELECT min(lease_place) FROM placed WHERE suspect))
          RETURNING lease_place, t.\(unsafeSQL: key)::text AS lease_key, t.fence AS lease_fence, t.attempts AS lease_attempts,
                    t.crashes AS lease_crashes, t.lease_until AS lease_end, \(unsafeSQL: returning))
        SELECT claimed.* \(unsafeSQL: joined.map { ", " + $0.columns } ?? "")
               \(unsafeSQL: waitsForDisk ? "" : ", set_config('synchronous_commit', 'off', true)")
          FROM claimed \(unsafeSQL: joined?.tables ?? "") ORDER BY lease_place
        """
    }

    /// Lost leases in a row from which a row is claimed alone: the first two losses may be a neighbour's fault, the third cannot.
    static let loneCrashes = Lease.crashLimit - 1
}
