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
        PolicyBook(try await session.all(.activePolicies))
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

/// An active policy as stored.
struct ActivePolicy: RowDecodable {
    let name: String
    /// Nil when it cannot be read.
    let policy: EscalationPolicy?
    /// Nil when they cannot be read.
    let conditions: PolicyConditions?
    let isDefault: Bool

    init(row: PostgresRow) throws {
        name = try row("name")
        policy = try? row.policyBody()
        conditions = try? row.json("conditions")
        isDefault = try row("is_default")
    }
}

extension RowQuery where Row == ActivePolicy {
    static var activePolicies: Self {
        Self("SELECT id, name, conditions, body, is_default FROM incident.policy WHERE is_active ORDER BY position, id")
    }
}

extension PolicyBook {
    init(_ active: [ActivePolicy]) {
        let standard = active.last(where: \.isDefault)
        let entries = active.filter { !$0.isDefault }.compactMap { stored in
            stored.conditions.map { Entry(conditions: $0, policy: stored.policy, name: stored.name) }
        }
        self.init(
            entries: entries, fallback: standard?.policy ?? .standard,
            unreadableFallback: standard.flatMap { $0.policy == nil ? $0.name : nil }
        )
    }
}
