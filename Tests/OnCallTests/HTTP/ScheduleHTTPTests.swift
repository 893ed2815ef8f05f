import Contracts
import Foundation
import HTTPTypes
import OnCall
import ServiceKit
import Testing

@Suite struct ScheduleHTTPTests {
    @Test func aScheduleIsMadeAndRead() async throws {
        try await withOnCall { api async throws in
            let made = try await api.makePayments()
            #expect(made.json["rotation_type"]?.string == "weekly" && made.json["handoff_time"]?.string == "09:00")
            #expect(made.json["handoff_day"]?.string == "monday" && made.json["start"]?.string == "2026-03-02")
            #expect(made.json["time_zone"]?.string == "UTC" && made.json["members"]?.array?.count == 3)
            let read = try await api.send(.get, "/api/v1/schedules/payments", as: .viewer)
            #expect(read.status == 200 && read.json == made.json)
            #expect(read.headers[.eTag] == "\"1\"")
            #expect(try await api.send(.get, "/v1/schedules/payments", as: .viewer).json == made.json)
            #expect(try await api.send(.get, "/api/v1/schedules", as: .viewer).json == .array([made.json]))
        }
    }

    @Test func theSecondDialectIsUnderstood() async throws {
        try await withOnCall { api async throws in
            let made = try await api.send(
                .post, "/api/v1/schedules",
                #"{"team": "payments", "primary": ["alice", "bob@example.org"], "secondary": ["carol"], "rotation": "daily"}"#
            )
            #expect(made.status == 201)
            let members = made.json["members"]?.array ?? []
            #expect(members.map { $0["name"]?.string } == ["alice", "bob@example.org", "carol"])
            #expect(members.map { $0["email"]?.string } == [nil, "bob@example.org", nil])
            #expect(members.map { $0["role"]?.string } == ["primary", "primary", "secondary"])
            #expect(made.json["rotation_type"]?.string == "daily" && made.json["handoff_day"] == nil)
            #expect(try await api.current() == "alice")
        }
    }

    static let refused: [(body: String, status: Int, code: String, pointers: [String])] = [
        (#"{"team": "t", "rotation_type": "weekly", "members": []}"#, 422, "invalid_fields", ["/members"]),
        (#"{"team": "t", "rotation_type": "weekly"}"#, 422, "invalid_fields", ["/members"]),
        (
            #"{"team": "t", "rotation_type": "hourly", "members": [{"name": "A", "email": "a@b"}]}"#, 422, "invalid_fields",
            ["/rotation_type"]
        ),
        (
            #"{"team": "t", "rotation_type": "weekly", "members": [{"name": "A", "email": "a@b", "role": "boss"}]}"#, 422, "invalid_fields",
            ["/members/0/role"]
        ),
        (
            #"{"team": " ", "members": [{"name": "", "email": "nobody"}]}"#, 422, "invalid_fields",
            ["/team", "/members/0/name", "/members/0/email"]
        ),
        (#"{"team": "t", "members": [{"name": "A", "email": "a@b", "role": "secondary"}]}"#, 400, "no_primary", []),
        (#"{"team": "t", "primary": [], "secondary": ["carol"]}"#, 400, "no_primary", []),
        (
            #"{"team": "t", "primary": ["a"], "time_zone": "EST", "handoff_time": "9:00", "handoff_day": "Monday", "start": "2026-02-30"}"#,
            422, "invalid_fields", ["/time_zone", "/handoff_time", "/handoff_day", "/start"]
        ),
        (#"{"team": "t", "primary": ["a"], "handof_time": "09:00"}"#, 422, "invalid_fields", ["/handof_time"]),
        (#"{"team": "t", "#, 400, "malformed_json", [""]),
        (#"["t"]"#, 400, "malformed_json", [""]),
    ]

    @Test(arguments: refused)
    func whatCannotBeAScheduleIsRefused(_ row: (body: String, status: Int, code: String, pointers: [String])) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(.post, "/api/v1/schedules", row.body)
            #expect(answer.status == row.status && answer.code == row.code && answer.pointers == row.pointers, "\(answer.text)")
            if row.code == "no_primary" { #expect(answer.detail?.contains("primary") == true) }
            #expect(try await api.send(.get, "/api/v1/schedules", as: .viewer).json == .array([]))
            #expect(try await api.send(.get, "/api/v1/teams", as: .viewer).json == .array([]))
        }
    }

    @Test func theSameTeamAgainReplaces() async throws {
        try await withOnCall { api async throws in
            let first = try await api.makePayments()
            let second = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["zoe"], "rotation": "daily"}"#)
            #expect(second.status == 201 && second.json["schedule_id"] == first.json["schedule_id"] && second.json["version"]?.integer == 2)
            #expect(try await api.current() == "zoe")
            #expect(try await api.send(.get, "/api/v1/schedules", as: .viewer).json.array?.count == 1)
        }
    }

    @Test func partsCanBeChanged() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let patched = try await api.send(
                .patch, "/api/v1/schedules/payments",
                #"{"rotation_type": "daily", "add_members": [{"name": "Dan", "email": "dan@example.org", "role": "primary"}], "remove_members": ["Bob"]}"#
            )
            #expect(patched.status == 200 && patched.json["rotation_type"]?.string == "daily")
            #expect(patched.json["members"]?.array?.compactMap { $0["name"]?.string } == ["Alice", "Dan", "Carol"])
            #expect(try await api.current() == "Alice")
            let empty = try await api.send(.patch, "/api/v1/schedules/payments", #"{"remove_members": ["Alice", "dan@example.org"]}"#)
            #expect(empty.status == 400 && empty.detail?.contains("primary") == true)
            let unknown = try await api.send(.patch, "/api/v1/schedules/payments", #"{"remove_members": ["Zoe"]}"#)
            #expect(unknown.status == 422 && unknown.pointers == ["/remove_members"])
            #expect(try await api.send(.patch, "/api/v1/schedules/nobody", "{}").status == 404)
        }
    }

    @Test func anEditOfAnOldVersionIsRefused() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let edit = #"{"rotation_type": "daily"}"#
            #expect(try await api.send(.patch, "/api/v1/schedules/payments", edit, headers: [.ifMatch: "\"1\""]).headers[.eTag] == "\"2\"")
            let late = try await api.send(.patch, "/api/v1/schedules/payments", edit, headers: [.ifMatch: "\"1\""])
            #expect(late.status == 412 && late.code == "precondition_failed")
            #expect(try await api.send(.patch, "/api/v1/schedules/payments", edit, headers: [.ifMatch: "nonsense"]).status == 412)
        }
    }

    @Test func deletingEndsTheScheduleAndItsOverride() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(
                .post, "/api/v1/oncall/override", #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org"}"#)
            let deleted = try await api.send(.delete, "/api/v1/schedules/payments")
            #expect(deleted.status == 200 && deleted.json["status"]?.string == "deleted")
            #expect(try await api.send(.delete, "/api/v1/schedules/payments").status == 404)
            #expect(try await api.send(.get, "/api/v1/schedules/payments").status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/current?team=payments").status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/overrides").json == .array([]))
            try await api.makePayments()
            #expect(try await api.current() == "Alice")
        }
    }

    @Test func schedulesComeInPages() async throws {
        try await withOnCall { api async throws in
            for team in ["b team", "a", "c"] {
                _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "\#(team)", "primary": ["alice"]}"#)
            }
            let first = try await api.send(.get, "/api/v1/schedules?limit=2", as: .viewer)
            #expect(first.json.array?.compactMap { $0["team"]?.string } == ["a", "b team"])
            let next = try #require(first.headers[.link]?.split(separator: ">").first?.dropFirst())
            let second = try await api.send(.get, String(next), as: .viewer)
            #expect(second.json.array?.compactMap { $0["team"]?.string } == ["c"] && second.headers[.link] == nil)
            #expect(try await api.send(.get, "/api/v1/schedules/b%20team", as: .viewer).json["team"]?.string == "b team")
        }
    }
}
