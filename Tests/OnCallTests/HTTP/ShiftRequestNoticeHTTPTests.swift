import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Who is told what of a shift request, as it waits in the outbox: Alice asks for her Thursday.
@Suite struct ShiftRequestNoticeHTTPTests {
    private static let thursday = #""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#

    @Test func whoIsAskedIsToldAndTheAskerHearsTheAnswer() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            #expect(try await api.told() == ["bob@example.org: Alice asks you to take a shift of payments: Thu 2026-03-05 00:00 UTC"])
            try await api.deliver()
            #expect(try await api.answer("accept", asked, by: bob).status == 200)
            #expect(try await api.told() == ["alice@example.org: Bob takes your shift of payments: Thu 2026-03-05 00:00 UTC"])
        }
    }

    @Test func aTeamIsAskedAndOnlyTheAskerHearsTheEnd() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, carol) = (api.person("Alice"), api.person("Carol"))
            let asked = try await api.ask(Self.thursday, by: alice)
            #expect(try await api.told().map { $0.prefix { $0 != "@" } } == ["bob", "carol"])
            try await api.deliver()
            #expect(try await api.answer("decline", asked, by: carol).json["state"]?.string == "open")
            #expect(try await api.told().isEmpty, "one of many who declines ends nothing")
            #expect(try await api.answer("accept", asked, by: carol).status == 200)
            #expect(try await api.told() == ["alice@example.org: Carol takes your shift of payments: Thu 2026-03-05 00:00 UTC"])
        }
    }

    @Test(arguments: [("decline", "Bob", ["alice@example.org"]), ("withdraw", "Alice", ["bob@example.org"])])
    func whatEndsARequestIsToldToTheOther(_ verb: String, _ name: String, _ told: [String]) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: api.person("Alice"))
            try await api.deliver()
            #expect(try await api.answer(verb, asked, by: api.person(name)).status == 200)
            #expect(try await api.told().map { String($0.prefix { $0 != ":" }) } == told)
        }
    }

    @Test func theTimeThatComesIsToldToBothOnce() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: api.person("Alice"))
            try await api.deliver()
            api.clock.set(try instant("2026-03-05T00:00:00Z"))
            for _ in 0..<2 { _ = try await api.tick("shift-request-sweep") }
            #expect(
                try await api.told() == [
                    "alice@example.org: Nobody took your shift of payments: Thu 2026-03-05 00:00 UTC",
                    "bob@example.org: Alice's request has expired: shift of payments: Thu 2026-03-05 00:00 UTC",
                ])
        }
    }

    @Test func aQuestionThatNobodyHasHeardIsTakenBackAndItsEndToldToNobodyElse() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            for who in [#""recipient": "Bob", "#, ""] {
                let asked = try await api.ask("\(who)\(Self.thursday)", by: alice)
                #expect(try await !api.told().isEmpty)
                #expect(try await api.answer("withdraw", asked, by: alice).status == 200)
                #expect(try await api.told().isEmpty)
            }
        }
    }

    @Test func aQuestionThatARelayHasTouchedMayBeKnownAndIsAnswered() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let asked = try await api.ask(#""recipient": "Bob", \#(Self.thursday)"#, by: alice)
            try await api.lane.execute("UPDATE oncall.outbox SET attempts = 1")
            #expect(try await api.answer("withdraw", asked, by: alice).status == 200)
            #expect(try await api.told().count == 2)
        }
    }

    @Test func aRepeatedRequestIsToldOnce() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob) = (api.person("Alice"), api.person("Bob"))
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let body = #"{"team": "payments", "recipient": "Bob", \#(Self.thursday)}"#
            let asked = try await api.send(.post, "/api/v1/oncall/shift-requests", body, by: alice, headers: key)
            try await api.deliver()
            _ = try await api.send(.post, "/api/v1/oncall/shift-requests", body, by: alice, headers: key)
            #expect(try await api.told().isEmpty)
            for _ in 0..<2 { _ = try await api.answer("accept", asked, by: bob, headers: key) }
            #expect(try await api.told().count == 1)
        }
    }
}

extension OnCallAPI {
    fileprivate var lane: PostgresLane { database.database(schema: OnCallMigrations.schema).api }

    /// Whom the waiting notices are for and what they say, in the order of their addresses.
    fileprivate func told() async throws -> [String] {
        let bodies = try await lane.values(String.self, "SELECT body FROM oncall.outbox WHERE destination = 'notices'")
        return try bodies.map { try WireJSON.decode(PageMessage.self, fromText: $0) }
            .map { "\($0.recipient.email): \($0.message.subject)" }.sorted()
    }

    /// As the relay leaves it.
    fileprivate func deliver() async throws {
        try await lane.execute("DELETE FROM oncall.outbox")
    }
}
