package import Contracts
package import Postgres

/// The record of incidents; rows are only ever added.
package struct TimelineStore: Sendable {
    /// What one page of a timeline may hold.
    package static let pageLimit = 500
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// Writes entries with the transaction's next statement or with COMMIT.
    package static func add(_ entries: [TimelineEntry], in transaction: PostgresTransaction) throws {
        guard !entries.isEmpty else { return }
        transaction.later(
            """
            INSERT INTO incident.timeline_entry (incident_id, at, kind, actor, note, details)
            SELECT * FROM unnest(\(entries.map(\.incidentID)), \(entries.map(\.at)), \(entries.map(\.kind)), \(entries.map(\.actor)),
                \(entries.map(\.note)), \(try entries.map { try WireJSON.encodeText($0.details) })::jsonb[])
            """
        )
    }

    /// The entries of an incident in the order they were written, or the other way round, from behind the entry `cursor` on.
    package func entries(
        of incident: IncidentID, in order: TimelineOrder = .asc, after cursor: Int? = nil, limit: Int = pageLimit
    ) async throws -> [TimelineRow] {
        let page: SQL =
            switch order {
            case .asc: "id > \(cursor ?? 0) ORDER BY id"
            case .desc: "id < \(cursor ?? Int.max) ORDER BY id DESC"
            }
        return try await session.all(
            TimelineRow.self,
            """
            SELECT id, incident_id, at, kind, actor, note, details FROM incident.timeline_entry
            WHERE incident_id = \(incident) AND \(fragment: page) LIMIT \(min(limit, Self.pageLimit))
            """
        )
    }
}

/// Which end of a record comes first; the words are those of the query parameter `order`.
package enum TimelineOrder: String, Sendable, CaseIterable {
    case asc, desc
}

/// A stored entry and its place in the record.
package struct TimelineRow: RowDecodable, Sendable {
    package let id: Int
    package let entry: TimelineEntry

    package init(row: PostgresRow) throws {
        id = try row("id")
        entry = TimelineEntry(
            incidentID: try row("incident_id"), at: try row("at"), kind: try row("kind"), actor: try row("actor"), note: try row("note"),
            details: try row.json("details")
        )
    }
}
