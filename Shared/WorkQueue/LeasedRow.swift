package import Postgres

/// A claimed row: its lease and the columns the table was asked for.
package struct LeasedRow: Sendable {
    package let lease: Lease
    package let row: PostgresRow

    init(row: PostgresRow) throws {
        lease = Lease(
            key: try row("lease_key"),
            fence: try row("lease_fence"),
            attempts: try row("lease_attempts"),
            crashes: try row("lease_crashes"),
            until: try row("lease_end")
        )
        self.row = row
    }
}

/// What one claim brought.
package struct Claim: Sendable {
    /// Rows to work on, in the table's order.
    package let rows: [LeasedRow]
    /// Rows that took their worker down three times: leased to the caller, who buries them or gives them an end of its own, without trying.
    package let poisoned: [LeasedRow]
    /// Whether more may be due, so that the worker should claim again at once.
    package let more: Bool

    package var isEmpty: Bool { rows.isEmpty && poisoned.isEmpty }
}
