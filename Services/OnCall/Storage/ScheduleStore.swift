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

    /// Rises with whatever changes who is on call; read by a replica before it answers from memory.
    package func revision() async throws -> Int {
        try await lane.one(Revision.self, "SELECT value FROM oncall.revision").value
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

private struct Revision: RowDecodable {
    let value: Int

    init(row: PostgresRow) throws {
        value = try row("value")
    }
}
