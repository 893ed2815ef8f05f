import OnCall
import Postgres
import TestSupport
import Testing

extension OnCallAPI {
    /// Puts a team's schedule, as it is and as it is remembered, into a zone that this machine does not know, as one with a newer tz database does.
    func makeUnreadable(_ team: String) async throws {
        let lane = database.database(schema: OnCallMigrations.schema).api
        try await lane.execute(
            """
            UPDATE oncall.schedule s SET time_zone = 'Mars/Olympus', layers = replace(s.layers::text, '"UTC"', '"Mars/Olympus"')::jsonb
            FROM oncall.team t WHERE t.id = s.team_id AND t.name = \(team)
            """)
        // History is added to, and not changed.
        let moved = try await lane.execute(
            """
            WITH old AS (
                DELETE FROM oncall.schedule_version v USING oncall.team t WHERE t.id = v.team_id AND t.name = \(team) RETURNING v.*
            )
            INSERT INTO oncall.schedule_version (team_id, version, schedule_id, layers, valid_from)
            SELECT team_id, version, schedule_id, replace(layers::text, '"UTC"', '"Mars/Olympus"')::jsonb, valid_from FROM old
            """)
        try #require(moved > 0)
    }
}
