import Contracts
package import Foundation
package import Postgres

/// Schedules and what is known of them at an instant.
package struct ScheduleStore: Sendable {
    let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    package func find(_ team: String) async throws -> StoredSchedule? {
        try await lane.first(StoredSchedule.self, "\(fragment: StoredSchedule.select) WHERE t.name = \(team)")
    }

    /// By team name, those after `cursor` only.
    package func list(after cursor: String?, limit: Int) async throws -> [StoredSchedule] {
        try await lane.all(
            StoredSchedule.self,
            "\(fragment: StoredSchedule.select) WHERE t.name > \(cursor ?? "") ORDER BY t.name LIMIT \(limit)"
        )
    }

    /// Another one after whatever changes who is on call; read by a replica before it answers from memory.
    package func revision() async throws -> ScheduleRevision {
        try await lane.one(
            ScheduleRevision.self,
            "SELECT value AS number, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline FROM oncall.revision")
    }

    /// What says who is on call for these teams from `instant` on; teams without a schedule are left out.
    package func boards(_ teams: [String], at instant: Date) async throws -> [String: Board] {
        try await boards("WHERE t.name = ANY(\(teams))", at: instant)
    }

    /// The same for so many teams, by name.
    package func boards(first limit: Int, at instant: Date) async throws -> [String: Board] {
        try await boards("ORDER BY t.name LIMIT \(limit)", at: instant)
    }

    private func boards(_ condition: SQL, at instant: Date) async throws -> [String: Board] {
        let schedules = try await lane.all(StoredSchedule.self, "\(fragment: StoredSchedule.select) \(fragment: condition)")
        guard !schedules.isEmpty else { return [:] }
        let above = try await PlannedChanges.read(schedules.map(\.schedule.team), instant..<Date.distantFuture, lane)
        return Dictionary(uniqueKeysWithValues: schedules.map { ($0.schedule.team, above.board($0.schedule)) })
    }
}

/// Names one state of all schedules, overrides and temporary schedules.
package struct ScheduleRevision: Sendable, Hashable, RowDecodable {
    private let number: Int
    /// Of the server's log: a failover that lost commits counts the same numbers again, on another one.
    private let timeline: String

    package init(row: PostgresRow) throws {
        number = try row("number")
        timeline = try row("timeline")
    }
}
