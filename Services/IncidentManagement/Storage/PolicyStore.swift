import Contracts
import Foundation
package import Postgres

/// Escalation policies as they are now; incidents carry copies of their own.
package struct PolicyStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// The active policies; the built-in default stands in while the table has none that can be read.
    ///
    /// A row that cannot be read, or pages nobody, stays in its place without a policy: what it matches goes to the default, and no other
    /// incident is stopped by it.
    package func active() async throws -> PolicyBook {
        let rows = try await session.query(
            "SELECT id, name, conditions, body, is_default FROM incident.policy WHERE is_active ORDER BY position, id"
        )
        var entries: [PolicyBook.Entry] = []
        var fallback = EscalationPolicy.standard
        var unreadableFallback: String?
        for row in rows {
            let name: String = try row("name")
            let policy = try? row.policyBody()
            if try row("is_default") {
                fallback = policy ?? .standard
                unreadableFallback = policy == nil ? name : nil
            } else if let conditions = try? row.json("conditions", as: PolicyConditions.self) {
                entries.append(.init(conditions: conditions, policy: policy, name: name))
            }
        }
        return PolicyBook(entries: entries, fallback: fallback, unreadableFallback: unreadableFallback)
    }

    /// How many active policies cannot be read.
    package func unreadable() async throws -> Int {
        let rows = try await session.query("SELECT id, name, conditions, body FROM incident.policy WHERE is_active")
        return rows.count { row in
            (try? row.policyBody()) == nil || (try? row.json("conditions", as: PolicyConditions.self)) == nil
        }
    }
}

extension PostgresRow {
    /// The policy in the columns `id` and `body`.
    /// - Throws: a decoding error, also for one without steps: it would leave its incidents silent.
    func policyBody() throws -> EscalationPolicy {
        let policy: EscalationPolicy = try json("body")
        guard !policy.steps.isEmpty else { throw PolicyWithoutSteps() }
        return EscalationPolicy(
            id: try self("id"), name: try self("name"), steps: policy.steps, repetition: policy.repetition, emptyLevel: policy.emptyLevel,
            exhaustion: policy.exhaustion, lowUrgencyHours: policy.lowUrgencyHours
        )
    }
}

private struct PolicyWithoutSteps: Error {}

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
