import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import OnCall
import Postgres
import TestSupport
import Testing

/// Two replicas on one database: each answers from memory, and right at once after a change at the other; also over a socket, where a plain
/// question does not go through the framework.
@Suite struct ReplicaHTTPTests {
    private static let ways: [TestingSetup] = [.router, .ahc(.http)]

    @Test(arguments: ways)
    func aChangeAtOneReplicaIsInTheNextAnswerOfTheOther(_ way: TestingSetup) async throws {
        try await withOnCall(through: way) { first async throws in
            try await first.makePayments()
            try await withReplica(of: first) { second async throws in
                #expect(try await second.current() == "Alice")
                for round in 0..<20 {
                    let name = "person\(round)"
                    let (writer, reader) = round.isMultiple(of: 2) ? (first, second) : (second, first)
                    _ = try await writer.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["\#(name)"]}"#)
                    #expect(try await reader.current() == name)
                    #expect(try await writer.current() == name)
                }
                _ = try await first.send(
                    .post, "/api/v1/oncall/override", #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org"}"#)
                #expect(try await second.current() == "Dan")
                _ = try await second.send(.delete, "/api/v1/oncall/override/payments")
                #expect(try await first.current() == "person19")
                _ = try await first.send(.delete, "/api/v1/schedules/payments")
                #expect(try await second.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer).status == 404)
            }
        }
    }

    /// Readers at both replicas while a writer renames the person on call: no answer is older than what was confirmed before it was asked for.
    @Test(arguments: ways)
    func underLoadNoAnswerIsOlderThanAConfirmedChange(_ way: TestingSetup) async throws {
        try await withOnCall(through: way) { first async throws in
            _ = try await first.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["0"]}"#)
            try await withReplica(of: first) { second async throws in
                let confirmed = Confirmed()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for number in 1...40 {
                            _ = try await first.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["\#(number)"]}"#)
                            await confirmed.set(number)
                        }
                    }
                    for reader in 0..<8 {
                        group.addTask {
                            let replica = reader.isMultiple(of: 2) ? first : second
                            while true {
                                let known = await confirmed.number
                                let name = try await replica.current().flatMap { Int($0) } ?? -1
                                #expect(name >= known)
                                if name < known || known == 40 { return }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    /// A failover to a standby that had not got the last commits: the revision is lower than the one in memory.
    @Test(arguments: ways)
    func whatACommitThatWasLostHadChangedIsForgotten(_ way: TestingSetup) async throws {
        try await withOnCall(through: way) { api async throws in
            try await api.makePayments()
            #expect(try await api.current() == "Alice")
            let server = api.database.administrator().api
            try await server.execute("UPDATE oncall.member SET name = 'Ann' WHERE name = 'Alice'")
            try await server.execute("UPDATE oncall.revision SET value = value - 1")
            #expect(try await api.current() == "Ann")
        }
    }

    @Test(arguments: ways)
    func theAnswerInMemoryChangesWithTime(_ way: TestingSetup) async throws {
        try await withOnCall(through: way) { api async throws in
            try await api.makePayments()
            let first = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            api.clock.advance(by: .seconds(60))
            let second = try await api.send(.get, "/api/v1/oncall/current?team=payments", as: .viewer)
            #expect(first.json["at"]?.string == "2026-03-02T12:00:00Z" && second.json["at"]?.string == "2026-03-02T12:01:00Z")
            #expect(first.json["primary"] == second.json["primary"])
            api.clock.set(try instant("2026-03-09T09:00:00Z"))
            #expect(try await api.current() == "Bob")
        }
    }
}

/// The short way over a socket, beside the framework's.
@Suite struct CurrentDoorTests {
    private static let path = "/api/v1/oncall/current?team=payments"

    @Test func bothWaysSayTheSame() async throws {
        try await withOnCall(through: .ahc(.http)) { api async throws in
            try await api.makePayments()
            // The first makes the caller known; an Origin leaves the question to the framework.
            let first = try await api.send(.get, Self.path, as: .viewer)
            let short = try await api.send(.get, Self.path, as: .viewer)
            let held = try await api.send(.get, Self.path, as: .viewer)
            let long = try await api.send(.get, Self.path, as: .viewer, headers: [.origin: "https://example.org"])
            #expect(first.status == 200 && short.text == first.text && held.text == first.text && long.text == first.text)
            for header in [HTTPField.Name.contentType, .cacheControl, .xContentTypeOptions] {
                #expect(short.headers[header] == long.headers[header] && short.headers[header] != nil, "\(header)")
            }
            let nobody = "/api/v1/oncall/current?team=nobody"
            let unknown = try await api.send(.get, nobody, as: .viewer)
            let refused = try await api.send(.get, nobody, as: .viewer, headers: [.origin: "https://example.org"])
            #expect(unknown.status == 404 && unknown.code == refused.code && unknown.detail == refused.detail)
            let metrics = try await api.send(.get, "/metrics", as: nil).text
            #expect(metrics.contains(#"oncall_lookups_total{team="payments"} 4"#))
            #expect(metrics.contains(#"oncall_lookups_total{team="other"} 2"#))
            #expect(
                metrics.contains(#"http_server_hot_requests_total{route="/api/v1/oncall/current"} 3"#),
                "the second, the third and the unknown team's first")
        }
    }

    /// One read of the revision answers for a moment; were each answered by a read of its own, there would be as many as questions.
    @Test func manyQuestionsCostFewReads() async throws {
        try await withOnCall(through: .ahc(.http), holding: .seconds(5)) { api async throws in
            try await api.makePayments()
            _ = try await api.current()
            let questions = 200
            let before = try await Self.reads(api)
            for _ in 0..<questions { #expect(try await api.current() == "Alice") }
            let reads = try await Self.reads(api) - before
            #expect(reads > 0 && reads < questions / 4)
        }
    }

    private static func reads(_ api: OnCallAPI) async throws -> Int {
        let name = #"tocsin_postgres_query_duration_seconds_count{statement="ScheduleStore.revision"} "#
        let lines = try await api.send(.get, "/metrics", as: nil).text.components(separatedBy: "\n")
        return try #require(lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) })
    }

    @Test func aChangeIsDoneWhenNoReplicaHoldsAnOlderAnswer() async throws {
        try await withOnCall(through: .ahc(.http), holding: .seconds(1)) { first async throws in
            try await first.makePayments()
            try await withReplica(of: first) { second async throws in
                // Twice, since the first question makes the caller known.
                for _ in 1...2 { #expect(try await second.current() == "Alice") }
                _ = try await first.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["Bob"]}"#)
                #expect(try await second.current() == "Bob")
            }
        }
    }

    @Test func aHeldAnswerEndsWithTheShift() async throws {
        try await withOnCall(through: .ahc(.http)) { api async throws in
            try await api.makePayments()
            let handoff = try instant("2026-03-09T09:00:00Z")
            for _ in 0..<20 {
                api.clock.set(handoff.addingTimeInterval(-0.001))
                #expect(try await api.current() == "Alice")
                api.clock.set(handoff)
                #expect(try await api.current() == "Bob")
            }
        }
    }

    @Test func whatIsNotPlainGoesTheLongWay() async throws {
        try await withOnCall(through: .ahc(.http)) { api async throws in
            try await api.makePayments()
            _ = try await api.current()
            #expect(try await api.current(at: "2026-03-09T12:00:00Z") == "Bob")
            #expect(try await api.send(.get, "/v1/oncall/current?team=payments", as: .viewer).status == 200)
            #expect(try await api.send(.get, "/api/v1/oncall/current?team=pay%6Dents", as: .viewer).status == 200)
            #expect(try await api.send(.get, "/api/v1/oncall/current", as: .viewer).pointers == ["/team"])
            #expect(try await api.send(.get, Self.path + "&team=x", as: .viewer).status == 400)
            #expect(try await api.send(.get, Self.path, as: nil).status == 401)
            #expect(try await api.send(.head, Self.path, as: .viewer).status == 200)
            let metrics = try await api.send(.get, "/metrics", as: nil).text
            // Only the other spelling of the path is as plain as the first.
            #expect(metrics.contains(#"http_server_hot_requests_total{route="/api/v1/oncall/current"} 1"#))
        }
    }

    @Test func aRevokedTokenIsRefusedAfterTwoSeconds() async throws {
        try await withOnCall(through: .ahc(.http)) { api async throws in
            try await api.makePayments()
            #expect(try await api.current() == "Alice")
            api.incidents.revoke(.viewer)
            api.clock.advance(by: .milliseconds(1900))
            #expect(try await api.send(.get, Self.path, as: .viewer).status == 200)
            api.clock.advance(by: .milliseconds(200))
            #expect(try await api.send(.get, Self.path, as: .viewer).status == 401)
            #expect(try await api.send(.get, Self.path, as: .viewer).status == 401)
        }
    }
}

private actor Confirmed {
    private(set) var number = 0
    func set(_ number: Int) { self.number = number }
}
