package import Contracts
package import Postgres

/// Whose turn it was in the steps that take people in turn.
package struct RoundRobinStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Gives the turn to the next of `people` and remembers it; engines that ask at once get different people.
    /// - Returns: nil when there is nobody.
    package func take(_ policy: PolicyID, step: Int, action: Int, among people: [String]) async throws -> String? {
        guard let first = people.first else { return nil }
        return try await lane.transaction { transaction in
            let begun = try await transaction.execute(
                """
                INSERT INTO incident.round_robin (policy_id, step, action, last) VALUES (\(policy), \(step), \(action), \(first))
                ON CONFLICT (policy_id, step, action) DO NOTHING
                """
            )
            if begun == 1 { return first }
            let last = try await transaction.query(
                """
                SELECT last FROM incident.round_robin WHERE policy_id = \(policy) AND step = \(step) AND action = \(action) FOR UPDATE
                """
            ).first
            let next = RoundRobin.next(after: try last?("last"), among: people)
            try await transaction.execute(
                """
                UPDATE incident.round_robin SET last = \(next ?? first)
                WHERE policy_id = \(policy) AND step = \(step) AND action = \(action)
                """
            )
            return next
        }
    }

    /// Whose turn it was last, by the place of the action.
    package func last(_ policy: PolicyID, step: Int) async throws -> [Int: String] {
        let rows = try await lane.query("SELECT action, last FROM incident.round_robin WHERE policy_id = \(policy) AND step = \(step)")
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0("action", as: Int.self), try $0("last", as: String.self)) })
    }
}
