package import Contracts
package import Foundation
package import Postgres

/// The brake of a restored system: while a row of `<schema>.paging_hold` stands open, nothing that pages is claimed.
///
/// `tocsin restore` writes one row, under one id, into the schemas of the escalation engine and of the sender, in the transaction that makes
/// the restored tables visible: no daemon ever sees them without it. The row is read by the claim itself, so every replica obeys it.
package struct PagingHolds: Sendable {
    /// What `/health`, the log and the timeline call the state; the metric is `tocsin_` and this.
    package static let word = "paging_held"

    private let table: String

    package init(schema: String) {
        table = "\(schema).paging_hold"
    }

    /// For the `where` of a claim: true while no hold stands.
    package var isLifted: SQL {
        "NOT EXISTS (SELECT FROM \(unsafeSQL: table) hold WHERE hold.released_at IS NULL)"
    }

    /// The hold that stands, else the one made last; nil when there was never one.
    package func latest(_ db: any PostgresSession) async throws -> PagingHold? {
        try await db.first(
            PagingHold.self,
            """
            SELECT id, reason, held_at, released_at, released_by FROM \(unsafeSQL: table)
             ORDER BY released_at IS NULL DESC, held_at DESC LIMIT 1
            """)
    }

    /// Lifts the hold of that id.
    /// - Returns: whether it stood until now.
    package func release(_ id: PagingHoldID, by actor: String, at now: Date, in db: any PostgresSession) async throws -> Bool {
        try await db.execute(
            """
            UPDATE \(unsafeSQL: table) SET released_at = \(now), released_by = \(actor) WHERE id = \(id) AND released_at IS NULL
            """) == 1
    }
}

/// One hold, standing or lifted.
package struct PagingHold: Sendable, Hashable, RowDecodable {
    package let id: PagingHoldID
    package let reason: PagingHoldReason
    package let heldAt: Date
    package let releasedAt: Date?
    package let releasedBy: String?

    package init(row: PostgresRow) throws {
        id = try row("id")
        reason = try row("reason")
        heldAt = try row("held_at")
        releasedAt = try row("released_at")
        releasedBy = try row("released_by")
    }

    package var stands: Bool { releasedAt == nil }
}
