import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Which teams the hand-offs are reckoned for.
@Suite struct HandoffWorkerTests {
    /// A zone that this machine does not know, written by one that does.
    @Test func teamThatCannotBeReadStopsNoOther() async throws {
        let log = LogRecorder()
        try await withOnCall(log: log) { api async throws in
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            for team in ["archive", "payments"] {
                let schedule =
                    #"{"team": "\#(team)", "rotation_type": "daily", "handoff_time": "09:00", "primary": ["a@example.org", "b@example.org"]}"#
                #expect(try await api.send(.post, "/api/v1/schedules", schedule).status == 201)
                let rule = #"{"minutes_ahead": [0]}"#
                #expect(try await api.send(.put, "/api/v1/oncall/handoff-notices/\(team)", rule).status == 200)
            }
            _ = try await api.tick("handoff-notices")
            try await api.makeUnreadable("archive")
            try await lane.execute(
                "UPDATE oncall.handoff_rule r SET next_at = '2026-03-01T00:00:00Z' FROM oncall.team t WHERE t.id = r.team_id AND t.name = 'archive'"
            )
            // The plain schedule hands over at 09:00.
            api.clock.set(try instant("2026-03-03T09:00:00Z"))
            #expect(try await api.tick("handoff-notices").handled == 2)
            #expect(try await api.tick("handoff-notices").handled == 0)
            let waiting = try await lane.one(
                DueRules.self, "SELECT count(*) AS count FROM oncall.handoff_rule WHERE next_at <= \(api.clock.now)")
            #expect(waiting.count == 0, "a minute of patience")
        }
        #expect(log.entries.filter { $0.message == "hand-offs of a team cannot be reckoned" }.count == 1)
    }
}

private struct DueRules: RowDecodable {
    let count: Int

    init(row: PostgresRow) throws {
        count = try row("count")
    }
}
