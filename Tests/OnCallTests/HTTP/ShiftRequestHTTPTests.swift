import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Alice and Bob take turns from Monday 09:00 on, Alice first; Carol is second. It is Monday 2026-03-02, noon.
@Suite struct ShiftRequestHTTPTests {
    private static let thursday = #""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#

    @Test func nobodyAsksSomebodyWhoseAccountIsDisabled() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let wish = #""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z", "recipient": "Bob""#
            let bob = KnownUser(id: .make(at: api.clock.now), name: "Bob", email: "bob@example.org", isActive: false)
            api.incidents.know(bob.email, as: bob)
            let answer = try await api.ask(wish, by: alice)
            #expect(answer.status == 422 && answer.pointers == ["/recipient"], "\(answer.text)")
            _ = api.person("Bob")
            api.clock.advance(by: .seconds(60))
            #expect(try await api.ask(wish, by: alice).status == 201)
        }
    }

    /// Disabled after being asked, or after asking to swap: their pages would go to the fallback.
    @Test(arguments: [
        ("", "bob@example.org"),
        (#""kind": "swap", "return_from": "2026-03-12T00:00:00Z", "return_until": "2026-03-13T00:00:00Z", "#, "alice@example.org"),
    ])
    func nobodyTakesOverWhoseAccountIsDisabledMeanwhile(_ more: String, _ disabled: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = api.person("Bob")
            let asked = try await api.ask(#""recipient": "Bob", \#(more)\#(Self.thursday)"#, by: api.person("Alice"))
            #expect(asked.status == 201, "\(asked.text)")
            api.disable(disabled)
            api.clock.advance(by: .seconds(60))
            let boss = api.person("Boss", .admin)
            let refused = try await api.answer("accept", asked, by: boss)
            #expect(refused.status == 409 && refused.code == "taker_disabled", "\(refused.text)")
            #expect(try await api.state(of: asked) == "open")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Alice")
            _ = (api.person("Alice"), api.person("Bob"))
            api.clock.advance(by: .seconds(60))
            #expect(try await api.answer("accept", asked, by: boss).status == 200)
        }
    }

    @Test func whoIsAskedTakesTheShift() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(#""recipient": "Bob", "reason": "dentist", \#(Self.thursday)"#, by: alice)
            #expect(asked.status == 201 && asked.json["state"]?.string == "open", "\(asked.text)")
            #expect(asked.json["recipient"]?["email"]?.string == "bob@example.org" && asked.json["kind"]?.string == "cover")
            #expect(asked.json["shifts"]?.array?.count == 1 && asked.json["expires_at"]?.string == "2026-03-05T00:00:00Z")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Alice", "nothing changes before somebody accepts")
            let taken = try await api.answer("accept", asked, by: bob)
            #expect(taken.status == 200 && taken.json["state"]?.string == "accepted", "\(taken.text)")
            #expect(taken.json["taker"]?["name"]?.string == "Bob" && taken.json["decided_by"]?.string == "token:token of Bob")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Bob")
            #expect(try await api.current(at: "2026-03-04T23:59:59Z") == "Alice")
            #expect(try await api.current(at: "2026-03-06T00:00:00Z") == "Alice")
            let overrides = try await api.send(.get, "/api/v1/oncall/overrides?planned=true", as: .viewer).json.array ?? []
            #expect(overrides.compactMap { $0["override_id"] } == taken.json["override_ids"]?.array)
            #expect(overrides.first?["kind"]?.string == "replace" && overrides.first?["replaces"]?.string == "alice@example.org")
            let event = try await api.history("shift_request_accepted").first
            #expect(event?["details"]?["taker"]?.string == "bob@example.org" && event?["actor"]?.string == "token:token of Bob")
            #expect(try await api.history("shift_requested").count == 1)
        }
    }

    @Test func inASwapEachTakesTheOthersShift() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(
                #""kind": "swap", "recipient": "bob@example.org", \#(Self.thursday), "return_from": "2026-03-12T00:00:00Z", "return_until": "2026-03-13T00:00:00Z""#,
                by: alice)
            #expect(asked.status == 201, "\(asked.text)")
            #expect(try await api.answer("accept", asked, by: bob).json["override_ids"]?.array?.count == 2)
            #expect(try await api.primaries(at: "2026-03-05T12:00:00Z", "2026-03-12T12:00:00Z") == ["Bob", "Alice"])
            #expect(try await api.primaries(at: "2026-03-04T12:00:00Z", "2026-03-13T12:00:00Z") == ["Alice", "Bob"])
        }
    }

    @Test func anybodyOfTheTeamTakesAnOpenCover() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob, carol, dan) = (
                api.person("Alice"), api.person("Bob"), api.person("Carol"), api.person("Dan", teams: ["payments"])
            )
            let asked = try await api.ask(Self.thursday, by: alice)
            #expect(asked.status == 201 && asked.json["recipient"]?.isNull == true, "\(asked.text)")
            let foreign = try await api.answer("accept", asked, by: api.person("Mallory", teams: ["billing"]))
            #expect(foreign.status == 403 && foreign.code == "not_your_request")
            #expect(try await api.answer("accept", asked, by: alice).code == "not_your_request", "nobody covers for themselves")
            let no = try await api.answer("decline", asked, by: carol)
            #expect(no.status == 200 && no.json["state"]?.string == "open", "one of many who declines leaves it to the others")
            #expect(no.json["declined_by"]?.array == [.string("carol@example.org")])
            #expect(try await api.answer("accept", asked, by: dan).json["taker"]?["email"]?.string == "dan@example.org")
            let late = try await api.answer("accept", asked, by: bob)
            #expect(late.status == 409 && late.code == "request_decided" && late.detail?.contains("token of Dan") == true, "\(late.text)")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Dan")
        }
    }

    @Test func onlyWhoIsAskedAnswersAndOnlyWhoAskedTakesBack() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob, carol) = (api.person("Alice"), api.person("Bob"), api.person("Carol"))
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            for (verb, caller) in [("accept", carol), ("accept", alice), ("decline", carol), ("decline", alice), ("withdraw", bob)] {
                let answer = try await api.answer(verb, asked, by: caller)
                #expect(answer.status == 403 && answer.code == "not_your_request", "\(verb) by \(caller.name): \(answer.text)")
            }
            #expect(try await api.answer("decline", asked, by: bob).json["state"]?.string == "declined")
            #expect(try await api.answer("withdraw", asked, by: alice).code == "request_decided")
            let second = try await api.ask(Self.thursday, by: alice)
            #expect(try await api.answer("withdraw", second, by: alice).json["state"]?.string == "withdrawn")
            #expect(try await api.answer("accept", second, by: bob).code == "request_decided")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Alice")
        }
    }

    @Test func anAdminMayDoAllOfIt() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, boss) = (api.person("Alice"), api.person("Boss", .admin))
            let first = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            #expect(try await api.answer("accept", first, by: boss).json["taker"]?["name"]?.string == "Bob", "the one asked takes it")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Bob")
            let span = #""from": "2026-03-06T12:00:00Z", "until": "2026-03-07T00:00:00Z""#
            let second = try await api.ask(span, by: alice)
            #expect(try await api.answer("withdraw", second, by: boss).json["state"]?.string == "withdrawn")
        }
    }

    @Test func aRequestEndsWhenItsShiftBegins() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            api.clock.set(try instant("2026-03-05T00:00:00Z"))
            #expect(try await api.state(of: asked) == "expired")
            #expect(try await api.send(.get, "/api/v1/oncall/shift-requests?state=open", as: .viewer).json == .array([]))
            let late = try await api.answer("accept", asked, by: bob)
            #expect(late.status == 409 && late.code == "request_expired")
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "Alice")
            #expect(try await api.history("shift_request_expired").count == 1)
        }
    }

    @Test func aShiftUnderWayMayStillBeAskedFor() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(#""from": "2026-03-02T09:00:00Z", "until": "2026-03-03T09:00:00Z""#, by: alice)
            #expect(asked.json["shifts"]?.array?.first?["start"]?.string == "2026-03-02T12:00:00Z", "what is over stays: \(asked.text)")
            api.clock.advance(by: .seconds(3600))
            #expect(try await api.answer("accept", asked, by: bob).status == 200)
            #expect(try await api.primaries(at: "2026-03-02T12:30:00Z", "2026-03-02T13:00:00Z") == ["Alice", "Bob"])
        }
    }

    @Test(arguments: ["schedule", "override", "removed"])
    func whatIsNotTheirsAnyMoreCannotBeAccepted(_ how: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            switch how {
            case "schedule": _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["zoe@example.org"]}"#)
            case "override":
                _ = try await api.send(
                    .post, "/api/v1/oncall/override",
                    #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org", "starts_at": "2026-03-05T06:00:00Z", "duration_hours": 2}"#
                )
            default: _ = try await api.send(.delete, "/api/v1/schedules/payments")
            }
            let answer = try await api.answer("accept", asked, by: bob)
            #expect(answer.status == 409 && answer.code == "request_void", "\(answer.text)")
            #expect(try await api.state(of: asked) == "void")
            #expect(try await api.history("shift_request_void").count == 1)
            #expect(try await api.history("shift_request_accepted").isEmpty)
        }
    }

    @Test func theSweepEndsWhatNobodyCanAcceptAnyMore() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let first = try await api.ask(Self.thursday, by: alice)
            let second = try await api.ask(#""from": "2026-03-06T00:00:00Z", "until": "2026-03-07T00:00:00Z""#, by: alice)
            let third = try await api.ask(#""from": "2026-03-07T00:00:00Z", "until": "2026-03-08T00:00:00Z""#, by: alice)
            #expect(try await api.tick("shift-request-sweep").handled == 0)
            _ = try await api.send(
                .post, "/api/v1/oncall/take", #"{"team": "payments", "from": "2026-03-06T10:00:00Z", "until": "2026-03-06T11:00:00Z"}"#,
                by: api.person("Dan"))
            api.clock.set(try instant("2026-03-05T00:00:00Z"))
            #expect(try await api.tick("shift-request-sweep").handled == 2)
            #expect(try await api.tick("shift-request-sweep").handled == 0)
            #expect(try await [api.state(of: first), api.state(of: second), api.state(of: third)] == ["expired", "void", "open"])
            #expect(try await api.history("shift_request_void").first?["actor"]?.string == "daemon:oncall-service")
        }
    }

    @Test func whatWasAddedSinceIsNotHandedOverToo() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(
                #""recipient": "Bob", "from": "2026-03-08T09:00:00Z", "until": "2026-03-10T09:00:00Z""#, by: alice)
            #expect(asked.json["shifts"]?.array?.count == 1 && asked.json["shifts"]?.array?.first?["end"]?.string == "2026-03-09T09:00:00Z")
            _ = try await api.send(
                .post, "/api/v1/oncall/override",
                #"{"team": "payments", "user_name": "Alice", "user_email": "alice@example.org", "kind": "replace", "replaces": "Bob", "starts_at": "2026-03-09T09:00:00Z", "duration_hours": 24}"#
            )
            #expect(try await api.answer("accept", asked, by: bob).status == 200)
            #expect(try await api.primaries(at: "2026-03-08T12:00:00Z", "2026-03-09T12:00:00Z") == ["Bob", "Alice"])
        }
    }

    /// Both answers come from replicas of their own; the database lets one of them win.
    @Test func ofTwoWhoAcceptAtOnceOneWins() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob, carol) = (api.person("Alice"), api.person("Bob"), api.person("Carol"))
            try await withReplica(of: api) { replica async throws in
                for day in 3...7 {
                    let asked = try await api.ask(
                        #""from": "2026-03-0\#(day)T00:00:00Z", "until": "2026-03-0\#(day)T08:00:00Z""#, by: alice)
                    async let first = api.answer("accept", asked, by: bob)
                    async let second = replica.answer("accept", asked, by: carol)
                    let answers = try await [first, second]
                    #expect(answers.map(\.status).sorted() == [200, 409], "\(answers.map(\.text))")
                    #expect(answers.first { $0.status == 409 }?.code == "request_decided")
                    let winner = answers.first { $0.status == 200 }?.json["taker"]?["name"]?.string
                    #expect(try await api.current(at: "2026-03-0\(day)T04:00:00Z") == winner)
                }
                #expect(try await api.send(.get, "/api/v1/oncall/overrides?planned=true", as: .viewer).json.array?.count == 5)
            }
        }
    }

    @Test func theTableLetsARequestBeDecidedOnce() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let asked = try await api.ask(Self.thursday, by: api.person("Alice"))
            let accepted = "UPDATE oncall.shift_request SET state = 'accepted', decided_at = now(), decided_by = 'x'"
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            await #expect(throws: PostgresError.self, "who took it, and the overrides, belong to it") {
                try await lane.execute("\(unsafeSQL: accepted)")
            }
            let withdrawn = "UPDATE oncall.shift_request SET state = 'withdrawn', decided_at = now(), decided_by = 'x'"
            #expect(try await lane.execute("\(unsafeSQL: withdrawn)") == 1)
            await #expect(throws: PostgresError.self) { try await lane.execute("\(unsafeSQL: withdrawn)") }
            #expect(try await api.state(of: asked) == "withdrawn")
        }
    }

    @Test func aRepeatedAcceptIsAnsweredAndNotDoneAgain() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let body = #"{"team": "payments", "recipient": "Bob", \#(Self.thursday)}"#
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let asked = try await api.send(.post, "/api/v1/oncall/shift-requests", body, by: alice, headers: key)
            let again = try await api.send(.post, "/api/v1/oncall/shift-requests", body, by: alice, headers: key)
            #expect(again.json == asked.json && again.headers[.idempotencyReplayed] == "true")
            let first = try await api.answer("accept", asked, by: bob, headers: key)
            let second = try await api.answer("accept", asked, by: bob, headers: key)
            #expect(first.status == 200 && second.json == first.json && second.headers[.idempotencyReplayed] == "true")
            #expect(try await api.answer("accept", asked, by: bob).code == "request_decided", "without the key it is another wish")
            #expect(try await api.history("shift_request_accepted").count == 1)
        }
    }
}
