import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Hand-off rules of teams, and the notices they led to.
package struct HandoffStore: Sendable {
    /// What the rows of the outbox are for.
    package static let destination = "notices"

    let lane: PostgresLane
    let outbox: Outbox

    package init(_ lane: PostgresLane, outbox: Outbox) {
        self.lane = lane
        self.outbox = outbox
    }

    /// The team's rule; one that tells nobody where none was set.
    ///
    /// - Throws: ``OnCallError/unknownTeam``.
    package func rule(of team: String) async throws -> HandoffRule {
        let row = try await lane.first(
            KnownRule.self,
            """
            SELECT t.created_at, r.minutes_ahead, r.audience, r.since
              FROM oncall.team t LEFT JOIN oncall.handoff_rule r ON r.team_id = t.id WHERE t.name = \(team)
            """)
        guard let row else { throw OnCallError.unknownTeam }
        return row.rule
    }

    /// Puts the rule in the place of the one before; what has not been told yet goes by the new one.
    ///
    /// - Throws: ``OnCallError/unknownTeam``.
    package func set(_ rule: HandoffRule, team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            guard let lock = try await TeamLock.take(team, in: tx) else { throw OnCallError.unknownTeam }
            guard !rule.minutesAhead.isEmpty else {
                let removed = try await tx.execute("DELETE FROM oncall.handoff_rule WHERE team_id = \(lock.id)")
                if removed == 1 { try await HistoryStore.record(change.event(.handoffRuleRemoved, team, [:]), in: tx) }
                return
            }
            try await tx.execute(
                """
                INSERT INTO oncall.handoff_rule (team_id, minutes_ahead, audience, since, set_by, next_at, seen_version)
                VALUES (\(lock.id), \(rule.minutesAhead), \(rule.audience), \(rule.since), \(change.actor), \(change.at), \(lock.version))
                ON CONFLICT (team_id) DO UPDATE SET
                    minutes_ahead = EXCLUDED.minutes_ahead, audience = EXCLUDED.audience, since = EXCLUDED.since, set_by = EXCLUDED.set_by,
                    next_at = EXCLUDED.next_at, seen_version = EXCLUDED.seen_version
                """
            )
            try await HistoryStore.record(change.event(.handoffRuleSet, team, rule.historyDetails), in: tx)
        }
    }

    /// Teams that have something to tell by now, or changed since they were last looked at; the longest due first.
    package func due(now: Date, limit: Int) async throws -> [DueHandoffs] {
        try await lane.all(
            DueHandoffs.self,
            """
            SELECT t.id, t.name, t.version, t.created_at, r.minutes_ahead, r.audience, r.since
              FROM oncall.handoff_rule r JOIN oncall.team t ON t.id = r.team_id
             WHERE r.next_at <= \(now) OR r.seen_version <> t.version ORDER BY r.next_at LIMIT \(limit)
            """)
    }

    /// Looks at the team again then, or when its plans change, whatever the rule says.
    package func postpone(_ due: DueHandoffs, until instant: Date) async throws {
        try await lane.execute(
            """
            UPDATE oncall.handoff_rule SET next_at = \(instant), seen_version = \(due.version)
             WHERE team_id = \(due.id) AND since = \(due.rule.since)
            """)
    }
}

extension HandoffRule {
    fileprivate var historyDetails: [String: String] {
        ["minutes_ahead": minutesAhead.map(String.init).joined(separator: ", "), "notify": audience.rawValue]
    }
}

/// A team whose hand-offs are to be reckoned.
package struct DueHandoffs: RowDecodable, Sendable {
    let id: UUID
    package let team: String
    let version: Int
    package let rule: HandoffRule

    package init(row: PostgresRow) throws {
        id = try row("id")
        team = try row("name")
        version = try row("version")
        rule = try KnownRule(row: row).rule
    }
}

private struct KnownRule: RowDecodable {
    let rule: HandoffRule

    init(row: PostgresRow) throws {
        let audience: HandoffRule.Audience? = try row("audience")
        guard let audience else {
            rule = .none(since: try row("created_at"))
            return
        }
        rule = HandoffRule(minutesAhead: try row("minutes_ahead"), audience: audience, since: try row("since"))
    }
}
