import Contracts
package import Foundation
package import Postgres

/// Teams and figures about them.
package struct TeamStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// - Throws: ``OnCallError/teamExists``.
    package func create(_ team: String, once: Repeatable<String>? = nil, _ change: Change) async throws -> Performed<String> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let created = try await tx.execute(
                """
                INSERT INTO oncall.team (id, name, created_at) VALUES (\(UUID.version7(at: change.at)), \(team), \(change.at))
                ON CONFLICT (name) DO NOTHING
                """
            )
            guard created == 1 else { throw OnCallError.teamExists }
            try await HistoryStore.record(change.event(.teamCreated, team, [:]), in: tx)
            return team
        }
    }

    /// By name.
    package func list(now: Date, limit: Int) async throws -> [TeamSummary] {
        try await lane.all(
            TeamSummary.self,
            """
            SELECT t.name, s.rotation_type, s.layers IS NOT NULL AS has_layers, (SELECT count(*) FROM oncall.member m WHERE m.schedule_id = s.id) AS members_count,
                   EXISTS (SELECT 1 FROM oncall.override o
                           WHERE o.team_id = t.id AND o.starts_at <= \(now) AND o.ends_at > \(now)) AS has_override
            FROM oncall.team t LEFT JOIN oncall.schedule s ON s.team_id = t.id
            ORDER BY t.name LIMIT \(limit)
            """
        )
    }

    package func statistics(now: Date) async throws -> OnCallStatistics {
        try await lane.one(
            OnCallStatistics.self,
            """
            SELECT (SELECT count(*) FROM oncall.team) AS teams, (SELECT count(*) FROM oncall.schedule) AS schedules,
                   (SELECT count(*) FROM oncall.member) AS members, (SELECT count(*) FROM oncall.escalation) AS escalations,
                   (SELECT count(*) FROM oncall.escalation WHERE jsonb_array_length(answer->'recipients') = 0) AS unanswered,
                   (SELECT count(*) FROM oncall.override WHERE starts_at <= \(now) AND ends_at > \(now)) AS overrides
            """
        )
    }
}

extension TeamSummary: RowDecodable {
    package init(row: PostgresRow) throws {
        team = try row("name")
        membersCount = try row("members_count")
        let hasLayers: Bool = try row("has_layers")
        self.hasLayers = hasLayers
        rotation = hasLayers ? nil : try row("rotation_type")
        hasOverride = try row("has_override")
    }
}

extension OnCallStatistics: RowDecodable {
    package init(row: PostgresRow) throws {
        teams = try row("teams")
        schedules = try row("schedules")
        members = try row("members")
        activeOverrides = try row("overrides")
        escalations = try row("escalations")
        escalationsToNobody = try row("unanswered")
    }
}
