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

    /// What is needed to say who is on call for these teams around `instant`; teams without a schedule are left out.
    package func boards(_ teams: [String], at instant: Date) async throws -> [String: Board] {
        try await boards(teams, during: instant..<instant.addingTimeInterval(Self.horizon))
    }

    /// What is needed to say who is on call for these teams at any instant of `range`.
    package func boards(_ teams: [String], during range: Range<Date>) async throws -> [String: Board] {
        try await boards("WHERE t.name = ANY(\(teams))", during: range)
    }

    /// The same for so many teams, by name.
    package func boards(first limit: Int, at instant: Date) async throws -> [String: Board] {
        try await boards("ORDER BY t.name LIMIT \(limit)", during: instant..<instant.addingTimeInterval(Self.horizon))
    }

    private func boards(_ condition: SQL, during range: Range<Date>) async throws -> [String: Board] {
        let schedules = try await lane.all(StoredSchedule.self, "\(fragment: StoredSchedule.select) \(fragment: condition)")
        guard !schedules.isEmpty else { return [:] }
        let overrides = try await overrides(schedules.map(\.schedule.team), during: range)
        return Dictionary(
            uniqueKeysWithValues: schedules.map { stored in
                let team = stored.schedule.team
                return (team, Board(schedule: stored.schedule, overrides: overrides.filter { $0.team == team }.map(\.override)))
            })
    }

    /// Longer than any shift, so that the next change is among what was read.
    private static let horizon: TimeInterval = 31 * 86_400

    private func overrides(_ teams: [String], during range: Range<Date>) async throws -> [StoredOverride] {
        try await lane.all(
            StoredOverride.self,
            """
            \(fragment: StoredOverride.select)
            WHERE t.name = ANY(\(teams)) AND o.ends_at > \(range.lowerBound) AND o.starts_at < \(range.upperBound)
            """
        )
    }
}
