import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

@Suite struct LayerHTTPTests {
    private static let layers = """
        {"team": "payments", "time_zone": "Europe/Berlin", "layers": [
            {"name": "always", "members": ["alice", "bob@example.org"], "start": "2026-03-02", "rotation": {"kind": "weekly"}},
            {"name": "office", "members": [[{"name": "Carol", "email": "carol@example.org"}, {"name": "Sam", "shadow": true}], "dan"],
             "start": "2026-03-02", "rotation": {"kind": "shifts", "length": 1},
             "restrictions": [{"type": "weekly", "start_day": "monday", "start_time": "09:00", "duration_seconds": 28800},
                              {"type": "weekly", "start_day": "tuesday", "start_time": "09:00", "duration_seconds": 28800}]},
            {"name": "backup", "role": "secondary", "time_zone": "UTC", "start": "2026-01-31",
             "rotation": {"kind": "monthly", "length": 2, "handoff_time": "08:00"}, "members": ["erin"]}]}
        """

    @Test func layersAreMadeReadAndAnswered() async throws {
        try await withOnCall { api async throws in
            let made = try await api.send(.post, "/api/v1/schedules", Self.layers)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["rotation_type"]?.string == "layers" && made.json["handoff_time"] == nil)
            #expect(made.json["layers"]?.array?.map { $0["name"]?.string } == ["always", "office", "backup"])
            #expect(made.json["layers"]?.array?.map { $0["time_zone"]?.string } == ["Europe/Berlin", "Europe/Berlin", "UTC"])
            #expect(try await api.send(.get, "/api/v1/schedules/payments", as: .viewer).json == made.json)

            let current = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            #expect(current.json["primary"]?["name"]?.string == "Carol" && current.json["primary"]?["layer"]?.string == "office")
            #expect(current.json["primary"]?["until"]?.string == "2026-03-02T16:00:00Z")
            #expect(current.json["on_call"]?.array?.map { $0["name"]?.string } == ["Carol", "Sam", "erin"])
            #expect(current.json["on_call"]?.array?.map { $0["shadow"]?.bool } == [false, true, false])
            #expect(try await api.current(at: "2026-03-03T12:00:00Z") == "dan")
            #expect(try await api.current(at: "2026-03-02T20:00:00Z") == "alice")
            #expect(try await api.current(at: "2026-03-09T12:00:00Z") == "Carol")
            let teams = try await api.send(.get, "/api/v1/teams", as: .viewer)
            #expect(teams.json.array?.first?["rotation_type"]?.string == "layers")
        }
    }

    @Test func whatIsReadCanBeSentAgain() async throws {
        try await withOnCall { api async throws in
            let made = try await api.send(.post, "/api/v1/schedules", Self.layers)
            let layers = try #require(made.json["layers"])
            let again = try await api.send(.post, "/api/v1/schedules", #"{"team": "copy", "layers": \#(layers.serialized)}"#)
            #expect(again.status == 201 && again.json["layers"] == layers, "\(again.text)")
            let patched = try await api.send(.patch, "/api/v1/schedules/payments", #"{"layers": \#(layers.serialized)}"#)
            #expect(patched.status == 200 && patched.json["layers"] == layers && patched.json["version"]?.integer == 2)
            let parts = try await api.send(.patch, "/api/v1/schedules/payments", #"{"add_members": [{"name": "X", "email": "x@y"}]}"#)
            #expect(parts.status == 409 && parts.code == "schedule_has_layers")
            let plain = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["alice"]}"#)
            #expect(plain.json["rotation_type"]?.string == "weekly" && plain.json["layers"]?.array?.count == 1)
        }
    }

    static let refused: [(layer: String, pointers: [String])] = [
        (#"{"members": []}"#, ["/layers/0/members"]),
        (#"{"members": [[]]}"#, ["/layers/0/members/0"]),
        (#"{"members": [{"name": "A", "shadow": true}]}"#, ["/layers/0/members/0"]),
        (#"{"members": ["A"], "rotation": {"kind": "yearly"}}"#, ["/layers/0/rotation/kind"]),
        (#"{"members": ["A"], "rotation": {"kind": "daily", "length": 0}}"#, ["/layers/0/rotation/length"]),
        (#"{"members": ["A"], "rotation": {"kind": "daily", "handoff_day": "monday"}}"#, ["/layers/0/rotation/handoff_day"]),
        (#"{"members": ["A"], "rotation": {"kind": "shifts"}}"#, ["/layers/0/restrictions"]),
        (
            #"{"members": ["A"], "restrictions": [{"type": "daily", "start_time": "09:00", "duration_seconds": 86401}]}"#,
            ["/layers/0/restrictions/0/duration_seconds"]
        ),
        (
            #"{"members": ["A"], "restrictions": [{"type": "weekly", "start_time": "9", "duration_seconds": 60}]}"#,
            ["/layers/0/restrictions/0/start_day", "/layers/0/restrictions/0/start_time"]
        ),
        (#"{"members": ["A"], "time_zone": "Mars/Phobos", "colour": "red"}"#, ["/layers/0/time_zone", "/layers/0/colour"]),
    ]

    @Test(arguments: refused)
    func layersThatCannotBeAreRefused(_ row: (layer: String, pointers: [String])) async throws {
        try await withOnCall { api async throws in
            let answer = try await api.send(.post, "/api/v1/schedules", #"{"team": "t", "layers": [\#(row.layer)]}"#)
            #expect(answer.status == 422 && answer.pointers == row.pointers, "\(answer.text)")
        }
    }

    @Test func layersAndPlainPartsDoNotMix() async throws {
        try await withOnCall { api async throws in
            let both = try await api.send(.post, "/api/v1/schedules", #"{"team": "t", "layers": [{"members": ["A"]}], "primary": ["B"]}"#)
            #expect(both.status == 422 && both.pointers == ["/primary"])
            let second = try await api.send(
                .post, "/api/v1/schedules", #"{"team": "t", "layers": [{"role": "secondary", "members": ["A"]}]}"#)
            #expect(second.status == 400 && second.code == "no_primary")
        }
    }

    @Test func timelineTellsGapsCoverageAndLayers() async throws {
        try await withOnCall { api async throws in
            let body = """
                {"team": "payments", "layers": [{"name": "office", "members": ["B"], "start": "2026-03-02", "restrictions": [
                    {"type": "daily", "start_time": "09:00", "duration_seconds": 28800}]}]}
                """
            _ = try await api.send(.post, "/api/v1/schedules", body)
            let answer = try await api.send(
                .get, "/api/v1/oncall/timeline?team=payments&from=2026-03-03T00:00:00Z&to=2026-03-05T00:00:00Z&layers=true", as: .viewer)
            #expect(
                answer.json["gaps"]?.array?.map { $0["start"]?.string } == [
                    "2026-03-03T00:00:00Z", "2026-03-03T17:00:00Z", "2026-03-04T17:00:00Z",
                ])
            #expect(answer.json["coverage"]?.array?.first?["hours"]?.integer == 16)
            #expect(
                answer.json["layers"]?.array?.first?["shifts"]?.array?.map { $0["end"]?.string } == [
                    "2026-03-03T17:00:00Z", "2026-03-04T17:00:00Z",
                ])
            #expect(try await api.send(.get, "/api/v1/oncall/timeline?team=payments&layers=yes", as: .viewer).status == 422)
        }
    }

    @Test func previewChangesNothing() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let whole = try await api.send(.post, "/api/v1/schedules/preview", #"{"team": "payments", "primary": ["zoe"]}"#, as: .viewer)
            #expect(whole.status == 200, "\(whole.text)")
            #expect(whole.json["changes"]?.array?.first?["after"]?.array?.first?.string == "zoe")
            let zoe = whole.json["people"]?.array?.first { $0["name"]?.string == "zoe" }
            #expect(zoe?["hours_before"]?.integer == 0 && zoe?["hours_change"]?.integer == 672)
            let edit = try await api.send(.post, "/api/v1/schedules/payments/preview", #"{"remove_members": ["Bob"]}"#, as: .viewer)
            let alice = edit.json["people"]?.array?.first { $0["name"]?.string == "Alice" }
            // She is on call until Monday 09:00, then every week instead of every other.
            #expect(alice?["hours_after"]?.integer == 672 && alice?["hours_before"]?.integer == 336, "\(edit.text)")
            #expect(try await api.send(.post, "/api/v1/schedules/nobody/preview", "{}").status == 404)
            #expect(try await api.send(.get, "/api/v1/schedules/payments", as: .viewer).json["version"]?.integer == 1)
        }
    }
}
