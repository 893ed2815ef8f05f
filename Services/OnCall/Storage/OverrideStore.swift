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
        SELECT o.id, t.name AS team, o.kind, o.role, o.user_name, o.user_email, o.replaces, o.reason, o.starts_at, o.ends_at, o.created_by
        FROM oncall.override o JOIN oncall.team t ON t.id = o.team_id
        """

    package init(row: PostgresRow) throws {
        team = try row("team")
        override = Override(
            id: try row("id"), kind: try row("kind"), role: try row("role"), name: try row("user_name"), email: try row("user_email"),
            replaces: try row("replaces"), reason: try row("reason"), starts: try row("starts_at"), ends: try row("ends_at")
        )
        createdBy = try row("created_by")
    }
}

/// Overrides: one set at once, which ends those in force, or any number planned.
package struct OverrideStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Puts the override in force, under an id that is later than those of the others, which decides between two of one start.
    ///
    /// - Parameters:
    ///   - alone: ends those in force now that it takes the place of; else it is refused where it conflicts with one of the same time.
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``OnCallError/overrideConflict``, ``OnCallError/tooMuchAhead``.
    package func set(
        _ override: Override, team: String, alone: Bool = true, once: Repeatable<Override>? = nil, _ change: Change
    ) async throws -> Performed<Override> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (lock, _) = try await TeamLock.takeScheduled(team, in: tx)
            var others = try await tx.all(
                StoredOverride.self, "\(fragment: StoredOverride.select) WHERE o.team_id = \(lock.id) AND o.ends_at > \(change.at)"
            ).map(\.override)
            if alone {
                let over = others.filter { $0.covers(change.at) && override.supersedes($0) }.map(\.id)
                if !over.isEmpty { try await Self.end("id = ANY(\(over))", lock, change, in: tx) }
                others.removeAll { over.contains($0.id) }
            } else if others.contains(where: { override.conflicts(with: $0) }) {
                throw OnCallError.overrideConflict
            }
            guard others.count < Override.mostAhead else { throw OnCallError.tooMuchAhead }
            var override = override
            override.id = .after(others, at: change.at)
            try await Self.insert(override, lock, change, in: tx)
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.overrideSet, team, override.historyDetails), in: tx)
            return override
        }
    }

    /// Ends the team's overrides in force now.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noOverride``.
    package func remove(team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            guard let lock = try await TeamLock.take(team, in: tx) else { throw OnCallError.unknownTeam }
            try await end("starts_at <= \(change.at)", lock, change, in: tx)
        }
    }

    /// Ends one override, or takes it back before it began.
    ///
    /// - Throws: ``OnCallError/noOverride``.
    package func remove(_ id: OverrideID, _ change: Change) async throws {
        try await lane.transaction { tx in
            let known = try await tx.first(StoredOverride.self, "\(fragment: StoredOverride.select) WHERE o.id = \(id)")
            guard let known, let lock = try await TeamLock.take(known.team, in: tx) else { throw OnCallError.noOverride }
            try await end("id = \(id)", lock, change, in: tx)
        }
    }

    private func end(_ condition: SQL, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws {
        guard try await Self.end(condition, lock, change, in: tx) > 0 else { throw OnCallError.noOverride }
        try await lock.advance(to: lock.version + 1, in: tx)
        try await HistoryStore.record(change.event(.overrideRemoved, lock.name, [:]), in: tx)
    }

    /// Those in force at `instant`, by team; with `planned` also those to come.
    package func active(at instant: Date, planned: Bool = false) async throws -> [StoredOverride] {
        let begun: SQL = planned ? "" : "AND o.starts_at <= \(instant)"
        return try await lane.all(
            StoredOverride.self,
            """
            \(fragment: StoredOverride.select)
            WHERE o.ends_at > \(instant) AND o.ends_at > o.starts_at \(fragment: begun) ORDER BY t.name, o.starts_at, o.id LIMIT 1000
            """
        )
    }

    static func endAll(_ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws {
        try await end("true", lock, change, in: tx)
    }

    @discardableResult
    private static func end(_ condition: SQL, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws -> Int {
        // What was to begin later, or was set a moment ahead of this change's clock reading, ends where it starts.
        try await tx.execute(
            """
            UPDATE oncall.override SET ends_at = greatest(\(change.at), starts_at)
            WHERE team_id = \(lock.id) AND ends_at > \(change.at) AND ends_at > starts_at AND \(fragment: condition)
            """
        )
    }

    static func insert(_ override: Override, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO oncall.override
                (id, team_id, kind, role, user_name, user_email, replaces, reason, starts_at, ends_at, created_by)
            VALUES (\(override.id), \(lock.id), \(override.kind), \(override.role), \(override.name), \(override.email),
                    \(override.replaces as String?), \(override.reason as String?), \(override.starts), \(override.ends), \(change.actor))
            """
        )
    }
}

extension Override {
    var historyDetails: [String: String] {
        var details = [
            "kind": kind.rawValue, "role": role.rawValue, "user_name": name, "user_email": email, "starts_at": starts.rfc3339,
            "expires_at": ends.rfc3339,
        ]
        details["reason"] = reason
        details["replaces"] = replaces
        return details
    }
}
