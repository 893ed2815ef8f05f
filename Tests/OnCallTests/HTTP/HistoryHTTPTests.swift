import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import TestSupport
import Testing

/// Who was on call stays who was on call.
@Suite struct HistoryHTTPTests {
    /// As after going back a release.
    @Test func kindsOfANewerReleaseHideNoOthers() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let before = try await api.send(.get, "/api/v1/oncall/history?team=payments", as: .viewer)
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            try await lane.execute(
                """
                INSERT INTO oncall.history_event (id, event_type, team, actor, details, happened_at)
                VALUES ('01977a3e-6666-7aaa-8bbb-123456789abc', 'moon_landing', 'payments', 'neil', '{}', \(api.clock.now.addingTimeInterval(1)))
                """)
            let after = try await api.send(.get, "/api/v1/oncall/history?team=payments&limit=1", as: .viewer)
            #expect(before.json.array?.count == 1 && after.status == 200 && after.json == before.json, "\(after.text)")
        }
    }

    @Test func laterEditsDoNotRewriteThePast() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.clock.advance(by: .seconds(3600))
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["zoe"], "rotation": "daily"}"#)
            api.clock.advance(by: .seconds(3600))
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "layers": [{"members": ["yan"]}]}"#)
            api.clock.advance(by: .seconds(3600))
            #expect(try await api.current() == "yan")
            #expect(try await api.current(at: "2026-03-02T12:30:00Z") == "Alice")
            #expect(try await api.current(at: "2026-03-02T13:00:00Z") == "zoe")
            #expect(try await api.current(at: "2026-03-02T13:59:59Z") == "zoe")
            #expect(try await api.current(at: "2026-03-02T14:00:00Z") == "yan")
            #expect(try await api.current(at: "2026-03-09T12:00:00Z") == "yan", "the future is as it is planned now")
            let before = try await api.send(.get, "/api/v1/oncall/current?team=payments&at=2026-03-02T11:00:00Z", as: .viewer)
            #expect(before.status == 200 && before.json["gaps"]?.array?.first?["reason"]?.string == "no_schedule")
            let timeline = try await api.send(
                .get, "/api/v1/oncall/timeline?team=payments&from=2026-03-02T11:00:00Z&to=2026-03-02T18:00:00Z", as: .viewer)
            let shifts = (timeline.json["shifts"]?.array ?? []).filter { $0["role"]?.string == "primary" }
            #expect(shifts.map { $0["name"]?.string } == [nil, "Alice", "zoe", "yan"])
            #expect(shifts.map { $0["start"]?.string?.dropFirst(11).prefix(5) } == ["11:00", "12:00", "13:00", "14:00"])
        }
    }

    @Test func aDeletedScheduleStillAnswersForItsTime() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.clock.advance(by: .seconds(3600))
            _ = try await api.send(.delete, "/api/v1/schedules/payments")
            api.clock.advance(by: .seconds(3600))
            #expect(try await api.current(at: "2026-03-02T12:30:00Z") == "Alice")
            let after = try await api.send(.get, "/api/v1/oncall/current?team=payments&at=2026-03-02T13:30:00Z", as: .viewer)
            #expect(after.status == 404 && after.code == "no_schedule")
            #expect(try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer).status == 404)
        }
    }

    @Test func aHandoffRuleIsInTheHistory() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let path = "/api/v1/oncall/handoff-notices/payments"
            for minutes in ["", "60, 0", "", ""] {
                _ = try await api.send(.put, path, #"{"minutes_ahead": [\#(minutes)], "notify": "oncall"}"#)
            }
            let set = try await api.history("handoff_rule_set")
            #expect(set.count == 1 && set.first?["actor"]?.string == "token:responder" && set.first?["team"]?.string == "payments")
            #expect(set.first?["details"]?["minutes_ahead"]?.string == "0, 60" && set.first?["details"]?["notify"]?.string == "oncall")
            #expect(try await api.history("handoff_rule_removed").count == 1, "only what was there can be removed")
        }
    }

    @Test(arguments: [("Bob@Example.org", "payments"), ("Bob", "payments"), ("Zoe", "")])
    func timeOffIsInTheHistoryOfWhoseTeamItIs(_ user: String, _ team: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "billing", "primary": ["zac@example.org"]}"#)
            let added = try await api.send(
                .post, "/api/v1/oncall/time-off",
                #"{"user": "\#(user)", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z", "reason": "surgery"}"#)
            let id = try #require(added.json["time_off_id"]?.string, "\(added.text)")
            for _ in 0..<2 { _ = try await api.send(.delete, "/api/v1/oncall/time-off/\(id)") }
            for kind in ["time_off_added", "time_off_removed"] {
                let events = try await api.history(kind)
                #expect(events.map { $0["team"]?.string } == [team], "\(kind)")
                #expect(events.first?["details"]?["time_off_id"]?.string == id && events.first?["details"]?["reason"] == nil)
                #expect(events.first?["details"]?["starts_at"]?.string == "2026-03-10T00:00:00Z")
                #expect(events.first?["actor"]?.string == "token:responder")
            }
        }
    }

    @Test func theRecordCannotBeChanged() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            await #expect(throws: PostgresError.self) { try await lane.execute("UPDATE oncall.schedule_version SET layers = NULL") }
            #expect(try await api.current(at: "2026-03-02T12:00:00Z") == "Alice")
        }
    }

    /// What the release before wrote: plain schedules become one layer for each role, known since they were made.
    @Test func schedulesOfTheReleaseBeforeKeepWorking() async throws {
        let first = Array(OnCallMigrations.all.prefix(1))
        try await withDatabase(migrations: [(schema: OnCallMigrations.schema, first)]) { database in
            let pool = database.database(schema: OnCallMigrations.schema)
            let team = UUID.version7(at: try instant("2026-03-01T00:00:00Z"))
            let id = ScheduleID.make(at: try instant("2026-03-01T00:00:00Z"))
            try await pool.api.execute(
                "INSERT INTO oncall.team (id, name, version, created_at) VALUES (\(team), 'payments', 4, '2026-03-01T00:00:00Z')")
            try await pool.api.execute(
                """
                INSERT INTO oncall.schedule
                    (id, team_id, rotation_type, time_zone, handoff_minute, handoff_day, start_date, created_at, updated_at)
                VALUES (\(id), \(team), 'biweekly', 'Europe/Berlin', 545, 'monday', '2026-03-02', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z')
                """)
            try await pool.api.execute(
                """
                INSERT INTO oncall.member (schedule_id, position, name, email, role)
                VALUES (\(id), 0, 'S', NULL, 'secondary'), (\(id), 1, 'A', 'a@example.org', 'primary'), (\(id), 2, 'B', 'b@example.org', 'primary')
                """)
            try await Migrator(pool, schema: OnCallMigrations.schema, OnCallMigrations.all).run()

            let store = ScheduleStore(pool.api)
            let stored = try #require(try await store.find("payments"))
            #expect(stored.schedule.rotation?.cadence.kind == .biweekly && stored.schedule.version == 4)
            #expect(stored.schedule.layers.map(\.role) == [.secondary, .primary])
            let past = try await store.board("payments", asOf: try instant("2026-03-10T00:00:00Z"))
            #expect(past.schedule == stored.schedule, "the record says the same as the tables")
            #expect(past.duty(.primary, at: try instant("2026-03-16T08:04:59Z")).duty.member?.name == "A")
            #expect(past.duty(.primary, at: try instant("2026-03-16T08:05:00Z")).duty.member?.name == "B")
        }
    }
}
