import Contracts
import Foundation
package import Postgres

/// What changed, and by whom; rows are only ever added.
package struct HistoryStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Writes the event in the transaction that makes it true.
    static func record(_ event: HistoryEvent, in tx: PostgresTransaction) async throws {
        let details = JSONText(try WireJSON.encodeText(event.details))
        try await tx.execute(
            """
            INSERT INTO oncall.history_event (id, event_type, team, actor, details, happened_at)
            VALUES (\(event.id), \(event.kind), \(event.team), \(event.actor), \(details), \(event.at))
            """
        )
    }

    /// Newest first, of one team or of all; without kinds that only a newer release knows, which may have run on this database.
    package func list(team: String?, limit: Int) async throws -> [HistoryEvent] {
        let filter: SQL = if let team { "AND team = \(team)" } else { "" }
        let kinds = HistoryEvent.Kind.allCases.map(\.rawValue)
        return try await lane.all(
            HistoryEvent.self,
            """
            SELECT id, event_type, team, actor, details, happened_at FROM oncall.history_event
            WHERE event_type = ANY(\(kinds)) \(fragment: filter)
            ORDER BY happened_at DESC, id DESC LIMIT \(limit)
            """
        )
    }
}

extension HistoryEvent: RowDecodable {
    package init(row: PostgresRow) throws {
        let details: JSONText = try row("details")
        self.init(
            id: try row("id"), kind: try row("event_type"), team: try row("team"), actor: try row("actor"),
            details: try WireJSON.decode(fromText: details.text), at: try row("happened_at")
        )
    }
}
