import Contracts
import Foundation
import HTTPTypes
import OnCall
import ServiceKit
import TestSupport
import Testing

@Suite struct ShiftTakeHTTPTests {
    private static let path = "/api/v1/oncall/take"

    @Test func theCurrentShiftIsTakenToItsEnd() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let dan = api.person("Dan")
            try await withReplica(of: api) { replica async throws in
                #expect(try await replica.current() == "Alice")
                let taken = try await api.send(.post, Self.path, #"{"team": "payments", "reason": "Alice is ill"}"#, by: dan)
                #expect(taken.status == 201 && taken.json["status"]?.string == "shift_taken", "\(taken.text)")
                #expect(taken.json["from"]?.string == "2026-03-02T12:00:00Z" && taken.json["until"]?.string == "2026-03-09T09:00:00Z")
                #expect(taken.json["overrides"]?.array?.first?["replaces"]?.string == "alice@example.org")
                #expect(try await replica.current() == "Dan", "at once, on every replica")
            }
            #expect(try await api.current(.secondary) == "Carol")
            #expect(try await api.current(at: "2026-03-09T09:00:00Z") == "Bob")
            let event = try await api.history("shift_taken").first
            #expect(event?["details"]?["user_email"]?.string == "dan@example.org" && event?["details"]?["reason"]?.string == "Alice is ill")
        }
    }

    @Test func aRangeIsTakenFromEverybodyInIt() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let taken = try await api.send(
                .post, Self.path, #"{"team": "payments", "from": "2026-03-08T09:00:00Z", "until": "2026-03-10T09:00:00Z"}"#,
                by: api.person("Dan"))
            #expect(taken.json["overrides"]?.array?.compactMap { $0["replaces"]?.string } == ["alice@example.org", "bob@example.org"])
            for (at, name) in [("08T08:59:59", "Alice"), ("08T09:00:00", "Dan"), ("09T12:00:00", "Dan"), ("10T09:00:00", "Bob")] {
                #expect(try await api.current(at: "2026-03-\(at)Z") == name)
            }
        }
    }

    @Test func whatWasTakenIsTakenOnAndBack() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, dan, eve) = (api.person("Alice"), api.person("Dan"), api.person("Eve"))
            for (caller, name) in [(dan, "Dan"), (eve, "Eve"), (alice, "Alice"), (dan, "Dan")] {
                let answer = try await api.send(.post, Self.path, #"{"team": "payments"}"#, by: caller)
                #expect(answer.status == 201, "\(answer.text)")
                #expect(try await api.current() == name)
            }
            let people = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer).json["on_call"]?.array
            #expect(people?.filter { $0["role"]?.string == "primary" }.count == 1)
            let again = try await api.send(.post, Self.path, #"{"team": "payments"}"#, by: dan)
            #expect(again.status == 409 && again.code == "nothing_to_take")
        }
    }

    @Test func aRepeatedTakeIsAnsweredAndNotDoneAgain() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let dan = api.person("Dan")
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let first = try await api.send(.post, Self.path, #"{"team": "payments"}"#, by: dan, headers: key)
            api.clock.advance(by: .seconds(60))
            let second = try await api.send(.post, Self.path, #"{"team": "payments"}"#, by: dan, headers: key)
            #expect(second.status == 201 && second.json == first.json && second.headers[.idempotencyReplayed] == "true")
        }
    }

    @Test func aTemporaryScheduleIsNotOutdone() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(
                .post, "/api/v1/oncall/temporary-schedules",
                """
                {"team": "payments", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z", "shifts": [
                    {"user_name": "Tom", "user_email": "tom@example.org", "starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z"}]}
                """)
            let answer = try await api.send(
                .post, Self.path, #"{"team": "payments", "from": "2026-03-03T06:00:00Z"}"#, by: api.person("Dan"))
            #expect(answer.status == 409 && answer.code == "handover_without_effect", "\(answer.text)")
            #expect(try await api.send(.get, "/api/v1/oncall/overrides?planned=true", as: .viewer).json == .array([]))
        }
    }

    @Test func nobodyIsReplacedWhereNobodyIsOnCall() async throws {
        try await withOnCall { api async throws in
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["alice@example.org"]}"#)
            let answer = try await api.send(.post, Self.path, #"{"team": "payments", "role": "secondary"}"#, by: api.person("Dan"))
            #expect(answer.status == 409 && answer.code == "nothing_to_take", "\(answer.text)")
        }
    }

    @Test(
        arguments: [
            (#""from": "2026-03-06T00:00:00Z", "until": "2026-03-05T00:00:00Z""#, 422, ["/until"]),
            (#""until": "2036-03-05T00:00:00Z""#, 422, ["/until"]), (#""until": "2026-03-01T00:00:00Z""#, 422, ["/until"]),
            (#""from": "9998-03-06T00:00:00Z""#, 422, ["/from"]), (#""role": "third""#, 422, ["/role"]), (#""who": "Bob""#, 422, ["/who"]),
        ] as [(String, Int, [String])])
    func whatCannotBeTakenIsRefused(_ more: String, _ status: Int, _ pointers: [String]) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.post, Self.path, #"{"team": "payments", \#(more)}"#, by: api.person("Dan"))
            #expect(answer.status == status && answer.pointers == pointers, "\(answer.text)")
            #expect(try await api.current() == "Alice")
        }
    }

    @Test func onlySomebodyWithAnAccountTakesAShift() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            #expect(try await api.send(.post, Self.path, #"{"team": "payments"}"#).code == "account_required")
            #expect(try await api.send(.post, Self.path, #"{"team": "payments"}"#, by: api.person("Vera", .viewer)).status == 403)
            #expect(try await api.send(.post, Self.path, #"{"team": "nobody"}"#, by: api.person("Dan")).status == 404)
        }
    }
}
