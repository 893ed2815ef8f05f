package import Contracts
package import Foundation
package import Postgres
import ServiceKit

/// The append-only record of what people and programs did.
package struct AuditStore: Sendable {
    private let db: any PostgresSession

    /// On a transaction, the entry stands or falls with what it tells of.
    package init(_ db: any PostgresSession) {
        self.db = db
    }

    package func append(_ entry: AuditEntry) async throws {
        try await db.execute(
            """
            INSERT INTO incident.audit (at, actor, action, object, request_id, remote_address, before, after)
            VALUES (\(entry.origin.at), \(entry.origin.actor), \(entry.action), \(entry.object), \(entry.origin.requestID),
                    \(entry.origin.remoteAddress), \(entry.before?.serialized)::jsonb, \(entry.after?.serialized)::jsonb)
            """
        )
    }

    /// The newest first, before the line of that number when one is given.
    package func list(_ filter: AuditFilter, before line: Int?, limit: Int) async throws -> [AuditLine] {
        try await db.all(
            AuditLine.self,
            """
            SELECT id, at, actor, action, object, request_id, remote_address, before::text AS before, after::text AS after
            FROM incident.audit
            WHERE (\(line)::int8 IS NULL OR id < \(line)::int8)
              AND (\(filter.actor)::text IS NULL OR actor = \(filter.actor)::text)
              AND (\(filter.object)::text IS NULL OR object = \(filter.object)::text)
              AND (\(filter.action)::text IS NULL OR action = \(filter.action)::text)
            ORDER BY id DESC
            LIMIT \(limit)
            """
        )
    }
}

/// Which lines to show; nil is any.
package struct AuditFilter: Sendable {
    package var actor: String?
    package var object: String?
    package var action: String?

    package init(actor: String? = nil, object: String? = nil, action: String? = nil) {
        self.actor = actor
        self.object = object
        self.action = action
    }
}

/// A stored line of the record, as the API shows it.
package struct AuditLine: RowDecodable, Codable, Sendable {
    package let id: Int
    package let at: Date
    package let actor: String
    package let action: String
    package let object: String
    package let requestID: String?
    package let remoteAddress: String?
    package let before: JSONValue?
    package let after: JSONValue?

    package init(row: PostgresRow) throws {
        id = try row("id")
        at = try row("at")
        actor = try row("actor")
        action = try row("action")
        object = try row("object")
        requestID = try row("request_id")
        remoteAddress = try row("remote_address")
        before = try (row("before") as String?).map { try JSONGate.parse($0.utf8, limits: .internal) }
        after = try (row("after") as String?).map { try JSONGate.parse($0.utf8, limits: .internal) }
    }
}
