import Contracts
package import Foundation
import Postgres

/// What was in force when.
extension ScheduleStore {
    /// The board by which the team's people were on call at `instant`, whatever changed since.
    ///
    /// Before the team's first schedule it is that one's, which then has nobody on call.
    /// - Throws: ``OnCallError/unknownTeam`` when the team never had a schedule, ``OnCallError/noSchedule`` when it had none at that time.
    package func board(_ team: String, asOf instant: Date) async throws -> Board {
        let versions = try await versions(of: team, "valid_until > \(instant) OR valid_until IS NULL", limit: 1)
        guard let version = versions.first else { throw OnCallError.unknownTeam }
        guard let schedule = version.schedule else { throw OnCallError.noSchedule }
        let above = try await PlannedChanges.read([team], instant..<Date.distantFuture, lane)
        return above.board(schedule, since: version.from, until: version.until ?? .distantFuture)
    }

    /// The boards in force one after another in `range`; where none is, the team had no schedule. Nil when it never had one.
    package func boards(_ team: String, during range: Range<Date>) async throws -> [Board]? {
        let versions = try await versions(of: team, "valid_until > \(range.lowerBound) OR valid_until IS NULL", limit: Self.mostVersions)
        guard !versions.isEmpty else { return nil }
        let above = try await PlannedChanges.read([team], range, lane)
        let newest = try await find(team)?.schedule
        return versions.filter { $0.from < range.upperBound }.compactMap { version in
            // What the release before wrote meanwhile is in the schedule's own row only.
            let schedule = version.until == nil ? newest : version.schedule
            return schedule.map { above.board($0, since: version.from, until: version.until ?? .distantFuture) }
        }
    }

    /// More changes of one schedule in a year than anybody reads.
    private static let mostVersions = 5000

    private func versions(of team: String, _ condition: SQL, limit: Int) async throws -> [ScheduleVersion] {
        try await lane.all(
            ScheduleVersion.self,
            """
            SELECT id, team, version, layers, valid_from, valid_until FROM (
                SELECT v.schedule_id AS id, t.name AS team, v.version, v.layers, v.valid_from,
                       lead(v.valid_from) OVER (ORDER BY v.version) AS valid_until
                FROM oncall.schedule_version v JOIN oncall.team t ON t.id = v.team_id WHERE t.name = \(team)
            ) x
            WHERE valid_until IS DISTINCT FROM valid_from AND (\(fragment: condition)) ORDER BY version LIMIT \(limit)
            """
        )
    }
}

private struct ScheduleVersion: RowDecodable {
    /// Nil where it was deleted.
    let schedule: Schedule?
    let from: Date
    let until: Date?

    init(row: PostgresRow) throws {
        let layers: JSONText? = try row("layers")
        schedule = try layers.map { try Schedule(row: row, layers: $0) }
        from = try row("valid_from")
        until = try row("valid_until")
    }
}
