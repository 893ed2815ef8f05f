import Contracts
import Foundation
package import Postgres

/// Escalation policies as they are now; incidents carry copies of their own.
package struct PolicyStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// The active policies; the built-in default stands in while the table has none.
    package func active() async throws -> PolicyBook {
        let rows = try await session.query(
            "SELECT conditions, body, is_default FROM incident.policy WHERE is_active ORDER BY position, id"
        )
        var entries: [PolicyBook.Entry] = []
        var fallback = EscalationPolicy.standard
        for row in rows {
            let policy: EscalationPolicy = try row.json("body")
            if try row("is_default") {
                fallback = policy
            } else {
                entries.append(.init(conditions: try row.json("conditions"), policy: policy))
            }
        }
        return PolicyBook(entries: entries, fallback: fallback)
    }
}

/// The catalogue of services, which knows whose each is.
package struct ServiceStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    package func teams(of services: Set<String>) async throws -> [String: String] {
        let rows = try await session.query(
            "SELECT name, team FROM incident.service WHERE name = ANY(\(services.sorted())) AND team IS NOT NULL"
        )
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0("name", as: String.self), try $0("team", as: String.self)) })
    }
}
