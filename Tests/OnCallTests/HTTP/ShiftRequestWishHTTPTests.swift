import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

/// Who may ask for what, and what is refused. Alice and Bob take turns from Monday 09:00 on, Alice first. It is Monday 2026-03-02, noon.
@Suite struct ShiftRequestWishHTTPTests {
    private static let thursday = #""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#

    @Test(
        arguments: [
            (#""from": "2026-03-06T00:00:00Z", "until": "2026-03-05T00:00:00Z""#, 422, "invalid_fields", ["/until"]),
            (#""from": "2026-03-05T00:00:00Z", "until": "2036-03-05T00:00:00Z""#, 422, "invalid_fields", ["/until"]),
            (#""from": "2028-03-05T00:00:00Z", "until": "2028-03-06T00:00:00Z""#, 422, "invalid_fields", ["/from"]),
            (#""from": "2026-02-05T00:00:00Z", "until": "2026-02-06T00:00:00Z""#, 422, "invalid_fields", ["/until"]),
            (#""from": "tomorrow", "until": "2026-03-05T00:00:00Z""#, 422, "invalid_fields", ["/from"]),
            (#""until": "2026-03-05T00:00:00Z""#, 422, "invalid_fields", ["/from"]),
            (#""recipient": "nobody@example.net", \#(Self.thursday)"#, 422, "invalid_fields", ["/recipient"]),
            (#""recipient": "alice@example.org", \#(Self.thursday)"#, 422, "invalid_fields", ["/recipient"]),
            (#""kind": "swap", \#(Self.thursday)"#, 422, "invalid_fields", ["/recipient", "/return_from", "/return_until"]),
            (#""return_from": "2026-03-12T00:00:00Z", \#(Self.thursday)"#, 422, "invalid_fields", ["/return_from"]),
            (#""from": "2026-03-10T00:00:00Z", "until": "2026-03-11T00:00:00Z""#, 409, "not_on_call", []),
            (#""role": "secondary", \#(Self.thursday)"#, 409, "not_on_call", []),
            (
                #""kind": "swap", "recipient": "Bob", \#(Self.thursday), "return_from": "2026-03-05T00:00:00Z", "return_until": "2026-03-06T00:00:00Z""#,
                409, "not_on_call", []
            ),
        ] as [(String, Int, String, [String])])
    func whatCannotBeAskedIsRefused(_ more: String, _ status: Int, _ code: String, _ pointers: [String]) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.ask(more, by: api.person("Alice"))
            #expect(answer.status == status && answer.code == code && answer.pointers == pointers, "\(answer.text)")
        }
    }

    @Test func aProgramWithoutAnAccountAsksForNothing() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.post, "/api/v1/oncall/shift-requests", #"{"team": "payments", \#(Self.thursday)}"#)
            #expect(answer.status == 403 && answer.code == "account_required")
            #expect(try await api.send(.get, "/api/v1/oncall/shift-requests?state=lost", as: .viewer).pointers == ["/state"])
            let unknown = "/api/v1/oncall/shift-requests/01977a3e-6666-7aaa-8bbb-123456789abc"
            #expect(try await api.send(.get, unknown, as: .viewer).status == 404)
            #expect(try await api.send(.post, "\(unknown)/accept", by: api.person("Bob")).status == 404)
        }
    }

    /// incident-management refuses more in one question.
    @Test func peopleAreLookedUpAHundredAtATime() async throws {
        try await withOnCall { api async throws in
            let names = (0..<150).map { #""u\#($0)""# }.joined(separator: ", ")
            let made = try await api.send(
                .post, "/api/v1/schedules", #"{"team": "payments", "rotation": "weekly", "primary": [\#(names)]}"#)
            #expect(made.status == 201, "\(made.text)")
            #expect(try await api.ask(Self.thursday, by: api.person("Alice")).code == "not_on_call")
            let asked = api.incidents.questions
            #expect(asked.allSatisfy { $0.count <= RecipientQuestion.limit })
            #expect(Set(asked.joined()).isSuperset(of: (0..<150).map { "u\($0)" }))
        }
    }

    /// The hour that comes twice in New York on 2026-11-01 is two hours, and each is asked for by its own offset.
    @Test func anHourThatComesTwiceIsHandedOverOnce() async throws {
        try await withOnCall(at: "2026-10-30T12:00:00Z") { api async throws in
            _ = try await api.send(
                .post, "/api/v1/schedules",
                """
                {"team": "payments", "rotation_type": "weekly", "time_zone": "America/New_York", "members": [
                    {"name": "Alice", "email": "alice@example.org"}, {"name": "Bob", "email": "bob@example.org"}]}
                """)
            let name = try #require(try await api.current())
            let (holder, other) = (api.person(name), api.person(name == "Alice" ? "Bob" : "Alice"))
            let asked = try await api.ask(
                #""from": "2026-11-01T01:30:00-05:00", "until": "2026-11-01T02:30:00-05:00""#, by: holder)
            #expect(asked.json["shifts"]?.array?.first?["start"]?.string == "2026-11-01T06:30:00Z", "\(asked.text)")
            #expect(try await api.answer("accept", asked, by: other).status == 200)
            #expect(try await api.current(at: "2026-11-01T05:45:00Z") == holder.name, "01:45 for the first time")
            #expect(try await api.current(at: "2026-11-01T06:45:00Z") == other.name, "01:45 for the second time")
        }
    }

    /// A schedule that knows its people by user name: incident-management says whose name it is, and nothing is guessed while it cannot.
    @Test func peopleAreKnownByUserNameToo() async throws {
        try await withOnCall { api async throws in
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "rotation": "weekly", "primary": ["ally", "bobby"]}"#)
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            #expect(try await api.ask(Self.thursday, by: alice).code == "not_on_call", "nobody said who ally is")
            api.clock.advance(by: .seconds(120))
            for (name, person) in [("ally", "Alice"), ("bobby", "Bob")] {
                api.incidents.know(
                    name,
                    as: KnownUser(id: .make(at: api.clock.now), name: person, email: "\(person.lowercased())@example.org", isActive: true))
            }
            let asked = try await api.ask(#""recipient": "bobby", \#(Self.thursday)"#, by: alice)
            #expect(asked.status == 201, "\(asked.text)")
            #expect(try await api.answer("accept", asked, by: bob).status == 200)
            #expect(try await api.current(at: "2026-03-05T12:00:00Z") == "bobby")
        }
    }
}
