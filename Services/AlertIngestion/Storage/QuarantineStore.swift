package import Contracts
package import Foundation
package import Postgres

/// Items of batches that were set aside.
package struct QuarantineStore: Sendable {
    let db: any PostgresSession

    package init(db: any PostgresSession) { self.db = db }

    /// One quarantined item as it is listed.
    package struct Entry: RowDecodable, Encodable {
        package let id: String
        package let integrationID: IntegrationID
        package let format: String
        package let position: Int
        package let faults: [FieldFault]
        package let raw: String
        package let receivedAt: Date

        package init(row: PostgresRow) throws {
            id = try row("id", as: UUID.self).text
            integrationID = try row("integration_id")
            format = try row("format")
            position = try row("position")
            faults = try WireJSON.decode(fromText: try row("faults", as: String.self))
            raw = try row("raw")
            receivedAt = try row("received_at")
        }
    }

    func add(_ submissions: [Submission], now: Date) async throws {
        let items = submissions.flatMap { submission in submission.quarantined.map { (submission, $0) } }
        guard !items.isEmpty else { return }
        let faults = try items.map { JSONText(try WireJSON.encodeText($0.1.faults)) }
        try await db.execute(
            """
            INSERT INTO alerting.quarantine (id, integration_id, format, position, faults, raw, received_at)
            SELECT id, integration_id, format, position, faults, raw, \(now)
              FROM unnest(\(items.map { _ in UUID.version7(at: now) })::uuid[], \(items.map(\.0.integrationID))::uuid[],
                          \(items.map(\.0.format))::text[], \(items.map(\.1.index))::bigint[], \(faults)::jsonb[],
                          \(items.map(\.1.raw))::text[]) AS n (id, integration_id, format, position, faults, raw)
            """)
    }

    /// The latest first.
    package func list(limit: Int) async throws -> [Entry] {
        try await db.all(
            Entry.self,
            """
            SELECT id, integration_id, format, position, faults::text AS faults, raw, received_at
              FROM alerting.quarantine ORDER BY id DESC LIMIT \(limit)
            """)
    }
}
