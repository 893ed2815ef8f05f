package import Contracts
package import Foundation
package import Postgres
package import ServiceKit
package import WorkQueue

/// Keeps change events.
package struct ChangeStore: Sendable {
    private let lane: PostgresLane
    private let idempotency: IdempotencyStore

    package init(_ lane: PostgresLane, idempotency: IdempotencyStore) {
        self.lane = lane
        self.idempotency = idempotency
    }

    /// Writes the event and, under the sender's idempotency key, what it is answered: both or none.
    package func record(_ change: ChangeEvent, under claim: RequestKey?, answer: IngestAnswer) async throws -> ChangeReceipt {
        try await lane.transaction { tx in
            if let claim {
                switch try await idempotency.begin(in: tx, claim, now: change.receivedAt) {
                case .fresh: break
                case .replay(let status, let body): return .replayed(IngestAnswer(status: status, body: body))
                case .mismatch: return .keyReused
                }
                try await idempotency.complete(in: tx, claim, status: answer.status, body: answer.body)
            }
            try await Self.insert(change, in: tx)
            return .recorded
        }
    }

    private static func insert(_ change: ChangeEvent, in tx: PostgresTransaction) async throws {
        let links: JSONText? = change.links.isEmpty ? nil : JSONText(change.links.jsonText)
        try await tx.execute(
            """
            INSERT INTO alerting.change_event (id, integration_id, summary, source, service, details, links, reported_at, received_at)
            VALUES (\(change.id), \(change.integrationID), \(change.summary), \(change.source), \(change.service), \(change.details),
                    \(links), \(change.reportedAt), \(change.receivedAt))
            """)
    }

    /// The last heard of first, as ``AlertStore/list(_:before:limit:)`` does.
    package func list(_ filter: ChangeFilter, before: ChangeEventID?, limit: Int) async throws -> [ChangeEvent] {
        var conditions: [SQL] = []
        if let service = filter.service { conditions.append("service = \(service)") }
        if let since = filter.since { conditions.append("id >= \(UUID.floor(at: since))") }
        if let until = filter.until { conditions.append("id < \(UUID.floor(at: until))") }
        if let before { conditions.append("id < \(before)") }
        return try await lane.all(
            ChangeEvent.self,
            """
            SELECT id, integration_id, summary, source, service, details, links::text AS links, reported_at, received_at
              FROM alerting.change_event WHERE \(fragment: (conditions + ["true"]).joined(" AND "))
             ORDER BY id DESC LIMIT \(unsafeSQL: "\(limit)")
            """)
    }
}

/// What became of a change event that was sent.
package enum ChangeReceipt: Sendable, Hashable {
    case recorded
    /// Sent before: answer this again.
    case replayed(IngestAnswer)
    /// The key was used with another body.
    case keyReused
}

/// What a list of change events is narrowed to; the times are those of receipt.
package struct ChangeFilter: Sendable, Hashable {
    package var service: String?
    package var since: Date?
    package var until: Date?

    package init() {}
}

extension ChangeEvent: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), integrationID: try row("integration_id"), summary: try row("summary"), source: try row("source"),
            service: try row("service"), details: try row("details"),
            links: try row("links", as: String?.self).map { try WireJSON.decode([AlertLink].self, fromText: $0) } ?? [],
            reportedAt: try row("reported_at"), receivedAt: try row("received_at"))
    }
}
