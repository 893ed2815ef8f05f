import Foundation
package import Postgres

/// A table whose due rows are claimed by several workers, each row by one of them at a time.
///
/// Any table with the columns of ``WorkQueueSchema/leaseColumns``, a key, a due column and the schema's `fence_seq` will do: the outbox, and
/// just as well deliveries, or incidents by the time of their next step.
///
///     let due = LeasedTable("incident.incident", keyType: .uuid, due: "next_step_at", where: "t.status = 'open'", returning: "id, number, epoch")
///     let claim = try await due.claim(database.workers, now: now, limit: 32, worker: name)
///     for claimed in claim.rows {
///         let incident = try Incident(row: claimed.row)
///         …
///         try await tx.execute("UPDATE incident.incident SET \(fragment: due.freed), step = … WHERE \(fragment: due.holds(claimed.lease)) AND epoch = …")
///     }
///
/// Two traps. Whoever makes a row due anew from outside (acknowledge, re-open) writes ``freed`` too, otherwise the next claim takes the
/// lease that was left behind for a crash; it also stops a worker that is still at it. And the index must begin with the due column, or with
/// the columns of the `where` given to ``claim(_:where:now:limit:lease:worker:)`` and then the due column.
package struct LeasedTable: Sendable {
    package enum KeyType: String, Sendable { case bigint, uuid }

    /// Rows one claim may take: what one statement moves well within its deadline.
    package static let claimLimit = 256
    /// Bytes kept of a reason.
    package static let reasonLimit = 500

    let table: String
    let key: String
    let keyType: KeyType
    let due: String
    let filter: String
    let returning: String
    let joined: (columns: String, tables: String)?
    let order: String
    let counters: QueueCounters?

    /// - Parameters:
    ///   - table: with its schema, `incident.incident`.
    ///   - filter: an SQL condition without binds, with the table as `t`.
    ///   - returning: columns for the caller's decoding, without a prefix.
    ///   - joined: more columns for it, and the joins to `claimed`, which has those of `returning`, that they come from.
    ///   - orderedBy: by default the due column, then the key.
    ///   - counters: counts claims, settles, retries and stale settles when given.
    package init(
        _ table: String, key: String = "id", keyType: KeyType = .bigint, due: String = "run_at", where filter: String = "true",
        returning: String, joined: (columns: String, tables: String)? = nil, orderedBy: String? = nil, counters: QueueCounters? = nil
    ) {
        self.table = table
        self.key = key
        self.keyType = keyType
        self.due = due
        self.filter = filter
        self.returning = returning
        self.joined = joined
        order = orderedBy ?? "t.\(due), t.\(key)"
        self.counters = counters
    }

    /// The assignments that give a lease up after a result: for the `SET` of a caller's own UPDATE.
    package var freed: SQL { "lease_until = NULL, crashes = 0" }

    /// The condition under which a caller's own statement may write the row: the lease is held and its fence is the latest.
    package func holds(_ lease: Lease) -> SQL {
        "\(unsafeSQL: key) = \(lease.key)::\(unsafeSQL: keyType.rawValue) AND fence = \(lease.fence) AND lease_until IS NOT NULL"
    }

    var schema: String { String(table.prefix { $0 != "." }) }

    /// The table without its schema: what the statements are called in metrics, as `outbox.claim`.
    var name: String { String(table.drop { $0 != "." }.dropFirst()) }
}
