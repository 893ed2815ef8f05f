import Contracts
import Foundation
import HTTPTypes
import OnCall
import Testing

@Suite struct AccessHTTPTests {
    private static let reads = [
        "/api/v1/schedules", "/api/v1/schedules/payments", "/api/v1/oncall/current?team=payments", "/api/v1/oncall/timeline?team=payments",
        "/api/v1/oncall/overrides", "/api/v1/oncall/history", "/api/v1/oncall/stats", "/api/v1/escalations", "/api/v1/teams",
        "/api/v1/oncall/temporary-schedules", "/api/v1/oncall/shift-requests", "/api/v1/oncall/coverage?team=payments",
        "/api/v1/oncall/ledger?team=payments", "/api/v1/oncall/ledger.csv?team=payments", "/api/v1/oncall/handoff-notices/payments",
        "/api/v1/oncall/time-off", "/api/v1/oncall/calendar-feeds", "/api/v1/oncall/conflicts?team=payments",
    ]
    private static let writes: [(HTTPRequest.Method, String)] = [
        (.post, "/api/v1/schedules"), (.patch, "/api/v1/schedules/payments"), (.delete, "/api/v1/schedules/payments"),
        (.post, "/api/v1/oncall/override"), (.delete, "/api/v1/oncall/override/payments"), (.post, "/api/v1/escalate"),
        (.post, "/api/v1/teams"), (.post, "/api/v1/oncall/temporary-schedules"), (.put, "/api/v1/oncall/handoff-notices/payments"),
        (.delete, "/api/v1/oncall/overrides/01977a3e-6666-7aaa-8bbb-123456789abc"),
        (.delete, "/api/v1/oncall/temporary-schedules/01977a3e-6666-7aaa-8bbb-123456789abc"),
        (.post, "/api/v1/oncall/take"), (.post, "/api/v1/oncall/shift-requests"),
        (.post, "/api/v1/oncall/shift-requests/01977a3e-6666-7aaa-8bbb-123456789abc/accept"),
        (.post, "/api/v1/oncall/shift-requests/01977a3e-6666-7aaa-8bbb-123456789abc/decline"),
        (.post, "/api/v1/oncall/shift-requests/01977a3e-6666-7aaa-8bbb-123456789abc/withdraw"),
        (.post, "/api/v1/oncall/time-off"), (.delete, "/api/v1/oncall/time-off/01977a3e-6666-7aaa-8bbb-123456789abc"),
        (.post, "/api/v1/oncall/calendar-feeds"), (.delete, "/api/v1/oncall/calendar-feeds/01977a3e-6666-7aaa-8bbb-123456789abc"),
        (.post, "/api/v1/oncall/conflicts/cover"), (.post, "/api/v1/calendars"),
        (.delete, "/api/v1/calendars/01977a3e-6666-7aaa-8bbb-123456789abc"),
        (.post, "/api/v1/calendars/01977a3e-6666-7aaa-8bbb-123456789abc/regenerate"),
    ]

    @Test func withoutCredentialsNothingIsTold() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            for path in Self.reads {
                let answer = try await api.send(.get, path, as: nil)
                #expect(answer.status == 401 && answer.code == "unauthorized", "\(path)")
            }
            for (method, path) in Self.writes {
                #expect(try await api.send(method, path, "{}", as: nil).status == 401, "\(method) \(path)")
            }
        }
    }

    @Test func viewersReadAndDoNotWrite() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            for path in Self.reads { #expect(try await api.send(.get, path, as: .viewer).status == 200, "\(path)") }
            for (method, path) in Self.writes {
                let answer = try await api.send(method, path, "{}", as: .viewer)
                #expect(answer.status == 403 && answer.code == "forbidden", "\(method) \(path)")
            }
            #expect(try await api.current() == "Alice")
        }
    }

    @Test func healthIsOpenAndMetricsCountByTeam() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.current()
            _ = try await api.send(.get, "/api/v1/oncall/current?team=nobody", as: .viewer)
            _ = try await api.send(.post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "7"}"#)
            let health = try await api.send(.get, "/health", as: nil)
            #expect(health.status == 200 && health.json["service"]?.string == "oncall-service")
            let metrics = try await api.send(.get, "/metrics", as: nil).text
            #expect(metrics.contains(#"oncall_current{team="payments"} 1"#))
            #expect(metrics.contains(#"oncall_gap_seconds_ahead{team="payments"} 0"#))
            #expect(metrics.contains(#"unreachable_responder{team="payments"} "#))
            #expect(
                metrics.contains(#"oncall_lookups_total{team="payments"} 1"#) && metrics.contains(#"oncall_lookups_total{team="other"} 1"#))
            #expect(metrics.contains(#"escalations_total{team="payments"} 1"#))
            _ = try await api.send(.delete, "/api/v1/schedules/payments")
            #expect(try await api.send(.get, "/metrics", as: nil).text.contains("oncall_current{") == false)
        }
    }
}
