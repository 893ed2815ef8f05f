import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct IdempotencyTests {
    static let digest = Data(repeating: 1, count: 32)

    @Test func repeatedRequestIsAnsweredAndNotDoneAgain() async throws {
        try await QueueFixture.run { queue in
            try await Self.expect(.fresh, "k", queue)
            try await Self.expect(.replay(status: 201, body: #"{"id":1}"#), "k", queue)
        }
    }

    @Test func otherBodyIsAMismatch() async throws {
        try await QueueFixture.run { queue in
            _ = try await Self.request("k", queue)
            try await Self.expect(.mismatch, "k", digest: Data(repeating: 2, count: 32), queue)
        }
    }

    @Test func scopesRoutesAndKeysAreApart() async throws {
        try await QueueFixture.run { queue in
            _ = try await Self.request("k", queue)
            try await Self.expect(.fresh, "k", scope: "user:2", queue)
            try await Self.expect(.fresh, "k", route: "POST /b", queue)
            try await Self.expect(.fresh, "K", queue)
        }
    }

    @Test func failedRequestLeavesItsKeyFree() async throws {
        try await QueueFixture.run { queue in
            try? await queue.db.transaction { tx in
                _ = try await Self.begin("k", queue, tx)
                throw OutboxTests.Interruption()
            }
            try await Self.expect(.fresh, "k", queue)
        }
    }

    @Test func requestThatCommittedWithoutAnAnswerIsDoneAgain() async throws {
        try await QueueFixture.run { queue in
            _ = try await queue.db.transaction { try await Self.begin("k", queue, $0) }
            try await Self.expect(.fresh, "k", queue)
            try await Self.expect(.replay(status: 201, body: #"{"id":1}"#), "k", queue)
        }
    }

    @Test func ofFiftyTwinsOneIsFreshAndTheOthersReplayIt() async throws {
        try await QueueFixture.run { queue in
            let database = queue.server.database(schema: "incident") {
                $0.api.limit = 25
                $0.api.wait = .seconds(10)
            }
            let answers = try await withThrowingTaskGroup(of: IdempotencyAnswer.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await database.api.transaction { tx in
                            let answer = try await Self.begin("k", queue, tx)
                            if answer == .fresh {
                                try await tx.execute(
                                    "INSERT INTO incident.job (lane, kind, run_at) VALUES ('a', 'x', \(queue.clock.now))")
                                try await Self.complete("k", tx)
                            }
                            return answer
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == .fresh } == 1)
            #expect(answers.count { $0 == .replay(status: 201, body: #"{"id":1}"#) } == 49)
            #expect(try await queue.count("job") == 1)
        }
    }

    @Test func answersAreSweptAfterSevenDaysAPieceAtATime() async throws {
        try await QueueFixture.run { queue in
            try await queue.db.execute(
                """
                INSERT INTO incident.idempotency (scope, route, key, body_sha256, created_at)
                SELECT 's', 'r', 'old' || n, \(Self.digest), \(queue.clock.now) FROM generate_series(1, \(IdempotencySweep.batch + 1)) n
                """)
            queue.clock.advance(by: .seconds(1))
            _ = try await Self.request("young", queue)
            queue.clock.set(QueueFixture.start.addingTimeInterval(7 * 86_400 + 0.5))
            let sweep = IdempotencySweep(schema: "incident", database: queue.db)
            #expect(try await sweep.tick(now: queue.clock.now) == TickReport(handled: IdempotencySweep.batch, more: true))
            #expect(try await sweep.tick(now: queue.clock.now) == TickReport(handled: 1))
            #expect(try await queue.count("idempotency", where: "key = 'young'") == 1)
        }
    }

    private static func expect(
        _ expected: IdempotencyAnswer, _ key: String, scope: String = "user:1", route: String = "POST /a", digest: Data = digest,
        _ queue: QueueFixture, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await request(key, scope: scope, route: route, digest: digest, queue)
        #expect(answer == expected, sourceLocation: sourceLocation)
    }

    private static func request(
        _ key: String, scope: String = "user:1", route: String = "POST /a", digest: Data = digest, _ queue: QueueFixture
    ) async throws -> IdempotencyAnswer {
        try await queue.db.transaction { tx in
            let answer = try await begin(key, scope: scope, route: route, digest: digest, queue, tx)
            if answer == .fresh { try await complete(key, scope: scope, route: route, tx) }
            return answer
        }
    }

    private static func begin(
        _ key: String, scope: String = "user:1", route: String = "POST /a", digest: Data = digest, _ queue: QueueFixture,
        _ tx: PostgresTransaction
    ) async throws -> IdempotencyAnswer {
        let key = try RequestKey(scope: scope, route: route, key: key, bodyDigest: digest)
        return try await IdempotencyStore(schema: "incident").begin(in: tx, key, now: queue.clock.now)
    }

    private static func complete(
        _ key: String, scope: String = "user:1", route: String = "POST /a", _ tx: PostgresTransaction
    ) async throws {
        let key = try RequestKey(scope: scope, route: route, key: key, bodyDigest: digest)
        try await IdempotencyStore(schema: "incident").complete(in: tx, key, status: 201, body: #"{"id":1}"#)
    }
}
