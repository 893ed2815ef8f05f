import Contracts
package import Foundation
package import Postgres

/// An override with its team's name.
package struct StoredOverride: Sendable, Hashable {
    package let team: String
    package let override: Override
    package let createdBy: String
}

extension StoredOverride: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT o.id, t.name AS team, o.user_name, o.user_email, o.replaces, o.reason, o.starts_at, o.ends_at, o.created_by
        FROM oncall.override o JOIN oncall.team t ON t.id = o.team_id
        """

    package init(row: PostgresRow) throws {
        team = try row("team")
        override = Override(
            id: try row("id"), name: try row("user_name"), email: try row("user_email"), replaces: try row("replaces"),
            reason: try row("reason"), starts: try row("starts_at"), ends: try row("ends_at")
        )
        createdBy = try row("created_by")
    }
}

/// Overrides; a team has one at a time, the one set last.
package struct OverrideStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Puts the override in force and ends the one before it.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``.
    package func set(_ override: Override, team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            let (lock, _) = try await TeamLock.takeScheduled(team, in: tx)
            try await Self.end(lock, change, in: tx)
            try await tx.execute(
                """
                INSERT INTO oncall.override (id, team_id, user_name, user_email, replaces, reason, starts_at, ends_at, created_by)
                VALUES (\(override.id), \(lock.id), \(override.name), \(override.email), \(override.replaces as String?),
                        \(override.reason as String?),
                        \(override.starts), \(override.ends), \(change.actor))
                """
            )
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.overrideSet, team, override.historyDetails), in: tx)
        }
    }

    /// Ends the team's override now.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noOverride``.
    package func remove(team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            guard let lock = try await TeamLock.take(team, in: tx) else { throw OnCallError.unknownTeam }
            guard try await Self.end(lock, change, in: tx) > 0 else { throw OnCallError.noOverride }
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.overrideRemoved, team, [:]), in: tx)
        }
    }

    /// Those in force at `instant`, by team.
    package func active(at instant: Date) async throws -> [StoredOverride] {
        try await lane.all(
            StoredOverride.self,
            """
            \(fragment: StoredOverride.select)
            WHERE o.starts_at <= \(instant) AND o.ends_at > \(instant) ORDER BY t.name LIMIT 1000
            """
        )
    }

    @discardableResult
    static func end(_ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws -> Int {
        // An override set a moment ahead of this change's clock reading ends where it starts.
        try await tx.execute(
            """
            UPDATE oncall.override SET ends_at = greatest(\(change.at), starts_at) WHERE team_id = \(lock.id) AND ends_at > \(change.at)
            """
        )
    }
}

extension Override {
    fileprivate var historyDetails: [String: String] {
        var details = ["user_name": name, "user_email": email, "expires_at": ends.rfc3339]
        details["reason"] = reason
        details["replaces"] = replaces
        return details
    }
}
