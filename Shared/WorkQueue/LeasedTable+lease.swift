package import Foundation
package import Postgres

extension LeasedTable {
    /// Hands back rows whose work was not begun (a graceful stop): due as before, and the attempt is not counted.
    @discardableResult
    package func release(_ db: any PostgresSession, _ leases: [Lease]) async throws -> Int {
        guard !leases.isEmpty else { return 0 }
        return try await db.execute(
            """
            UPDATE \(unsafeSQL: table) t SET lease_until = NULL, attempts = greatest(t.attempts - 1, 0)
              FROM \(fragment: held(leases)) WHERE \(fragment: isHeld)
            """, file: name, function: "release")
    }

    /// Records a failure and makes the row due again at `date`; the row has not crashed its worker, so its crashes are forgotten.
    /// - Returns: whether the lease was still held.
    @discardableResult
    package func retry(_ db: any PostgresSession, _ lease: Lease, at date: Date, reason: String) async throws -> Bool {
        try await retry(db, [Postponement(lease: lease, date: date, reason: reason)]) == 1
    }

    /// Records many failures in one statement.
    /// - Returns: how many leases were still held.
    @discardableResult
    package func retry(_ db: any PostgresSession, _ retries: [Postponement]) async throws -> Int {
        guard !retries.isEmpty else { return 0 }
        let done = try await db.execute(
            """
            UPDATE \(unsafeSQL: table) t SET \(fragment: freed), \(unsafeSQL: due) = held.due, last_error = held.reason
              FROM unnest(\(retries.map(\.lease.key))::text[], \(retries.map(\.lease.fence))::bigint[], \(retries.map(\.date))::timestamptz[],
                          \(retries.map { Self.stored(reason: $0.reason) })::text[]) AS held (key, fence, due, reason)
             WHERE \(fragment: isHeld)
            """, file: name, function: "retry")
        count(done: done, of: retries.count, as: counters?.retried)
        return done
    }

    /// Deletes rows whose message its receiver has, without waiting for the disk: what a crash of the database brings back is sent again, and the receiver
    /// knows it by its id.
    ///
    /// - Parameter db: not a transaction, as for a claim.
    /// - Returns: how many leases were still held; the difference is counted as stale.
    @discardableResult
    func settleSent(_ db: PostgresLane, _ leases: [Lease]) async throws -> Int {
        guard !leases.isEmpty else { return 0 }
        let done =
            try await db.query(
                """
                WITH gone AS (DELETE FROM \(unsafeSQL: table) t USING \(fragment: held(leases)) WHERE \(fragment: isHeld) RETURNING 1)
                SELECT count(*) AS done, set_config('synchronous_commit', 'off', true) FROM gone
                """, file: name, function: "settle"
            ).first?("done", as: Int.self) ?? 0
        count(done: done, of: leases.count, as: counters?.settled)
        return done
    }

    /// Deletes finished rows.
    /// - Returns: how many leases were still held; the difference is counted as stale.
    @discardableResult
    package func settle(_ db: any PostgresSession, _ leases: [Lease]) async throws -> Int {
        guard !leases.isEmpty else { return 0 }
        let done = try await db.execute(
            "DELETE FROM \(unsafeSQL: table) t USING \(fragment: held(leases)) WHERE \(fragment: isHeld)", file: name, function: "settle")
        count(done: done, of: leases.count, as: counters?.settled)
        return done
    }

    /// Finishes a row that stays in the table: gives the lease up and writes `assignments` (`"state = 'sent', sent_at = \(now)"`).
    /// - Returns: whether the lease was still held and `condition` true; otherwise nothing was written.
    @discardableResult
    package func settle(
        _ db: any PostgresSession, _ lease: Lease, set assignments: SQL, where condition: SQL = "true"
    ) async throws -> Bool {
        let done = try await db.execute(
            """
            UPDATE \(unsafeSQL: table) SET \(fragment: freed), \(fragment: assignments)
             WHERE \(fragment: holds(lease)) AND \(fragment: condition)
            """, file: name, function: "settle")
        count(done: done, of: 1, as: counters?.settled)
        return done == 1
    }
}

/// One recorded failure: which row, when again, and why.
package struct Postponement: Sendable {
    package let lease: Lease
    package let date: Date
    package let reason: String

    package init(lease: Lease, date: Date, reason: String) {
        self.lease = lease
        self.date = date
        self.reason = reason
    }
}
