import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
    struct Refusal: Error {}

    @Test func throwingRollsBackAndForgetsWhatWasToFollow() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let followed = Count()
            await #expect(throws: Refusal.self) {
                try await db.transaction { transaction in
                    try await transaction.execute("UPDATE store.item SET count = 7")
                    transaction.afterCommit { followed.increment() }
                    throw Refusal()
                }
            }
            #expect(followed.value == 0)
            let sum = try await db.value(Int.self, "SELECT sum(count)::bigint FROM store.item")
            #expect(sum == 0)
        }
    }

    @Test func whatFollowsACommitSeesItDone() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let followed = Count()
            let answer = try await db.transaction { transaction in
                transaction.afterCommit { followed.increment() }
                try await transaction.execute("UPDATE store.item SET count = 7")
                #expect(followed.value == 0)
                return "done"
            }
            #expect(answer == "done")
            #expect(followed.value == 1)
            #expect(try await fixture.database().api.value(Int.self, "SELECT sum(count)::bigint FROM store.item") == 14)
        }
    }

    @Test func failedCommitForgetsWhatWasToFollow() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let administrator = fixture.server.administrator().api
            try await administrator.execute(
                "ALTER TABLE store.item ADD CONSTRAINT item_late EXCLUDE USING btree (count WITH =) WHERE (count > 0) DEFERRABLE INITIALLY DEFERRED"
            )
            let followed = Count()
            let error = try await failure {
                try await db.transaction { transaction in
                    transaction.afterCommit { followed.increment() }
                    try await transaction.execute("UPDATE store.item SET count = 7")
                }
            }
            #expect(error.sqlState == "23P01")
            #expect(error.constraint == "item_late")
            #expect(followed.value == 0)
        }
    }

    @Test func swallowedErrorIsNotACommit() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let followed = Count()
            let error = try await failure {
                try await db.transaction { transaction in
                    transaction.afterCommit { followed.increment() }
                    try await transaction.execute("UPDATE store.item SET count = 7")
                    _ = try? await transaction.execute("SELECT 1 / 0")
                }
            }
            #expect(error.kind == .transactionAborted)
            #expect(followed.value == 0)
            #expect(try await db.value(Int.self, "SELECT sum(count)::bigint FROM store.item") == 0)
        }
    }

    @Test func deadlockIsRunAgain() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database { $0.workers.limit = 2 }
            let tries = Count()
            let gates = [Gate(), Gate()]
            func swap(_ first: Int, _ mine: Gate, _ theirs: Gate) async throws {
                try await database.workers.transaction { transaction in
                    tries.increment()
                    try await transaction.execute("UPDATE store.item SET count = count + 1 WHERE id = \(first)")
                    mine.open()
                    await theirs.wait()
                    try await transaction.execute("UPDATE store.item SET count = count + 1 WHERE id = \(3 - first)")
                }
            }
            async let one: Void = swap(1, gates[0], gates[1])
            async let two: Void = swap(2, gates[1], gates[0])
            _ = try await (one, two)
            #expect(tries.value == 3)
            #expect(try await database.api.values(Int.self, "SELECT count FROM store.item ORDER BY id") == [2, 2])
        }
    }

    @Test func serializationFailureIsRunAgainEvenBehindAnotherError() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            let tries = Count()
            let followed = Count()
            try await database.workers.transaction(.repeatableRead) { transaction in
                transaction.afterCommit { followed.increment() }
                let count = try await transaction.value(Int.self, "SELECT count FROM store.item WHERE id = 1")
                if tries.increment() == 1 { try await database.api.execute("UPDATE store.item SET count = 10 WHERE id = 1") }
                do {
                    try await transaction.execute("UPDATE store.item SET count = \(count + 1) WHERE id = 1")
                } catch {
                    throw Refusal()
                }
            }
            #expect(tries.value == 2)
            #expect(followed.value == 1)
            #expect(try await database.api.value(Int.self, "SELECT count FROM store.item WHERE id = 1") == 11)
        }
    }

    @Test func endlessConflictIsGivenUpAfterThreeRetries() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            let tries = Count()
            let error = try await failure {
                try await database.workers.transaction(.repeatableRead) { transaction in
                    _ = try await transaction.query("SELECT count FROM store.item")
                    tries.increment()
                    try await database.api.execute("UPDATE store.item SET count = count + 1 WHERE id = 1")
                    try await transaction.execute("UPDATE store.item SET count = count + 1 WHERE id = 1")
                }
            }
            #expect(error.sqlState == "40001")
            #expect(error.isTransient)
            #expect(tries.value == 4)
        }
    }

    @Test func endedTransactionTakesNoMoreStatements() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let kept = Mutex<PostgresTransaction?>(nil)
            try await db.transaction { transaction in kept.withLock { $0 = transaction } }
            let transaction = try #require(kept.withLock { $0 })
            let error = try await failure { try await transaction.execute("SELECT 1") }
            #expect(error.kind == .closed)
        }
    }

    @Test func begunOutsideOfTransactionCostsTheConnectionAndNothingElse() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let error = try await failure { try await db.execute("BEGIN") }
            #expect(error.kind == .invalidValue)
            try await db.execute("UPDATE store.item SET count = 1 WHERE id = 1")
            #expect(try await fixture.database().api.value(Int.self, "SELECT count FROM store.item WHERE id = 1") == 1)
        }
    }

    @Test func cancelledTransactionRollsBack() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let started = Gate()
            let never = Gate()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await db.transaction { transaction in
                        try await transaction.execute("UPDATE store.item SET count = 7")
                        started.open()
                        await never.wait()
                        try await transaction.execute("UPDATE store.item SET count = 8")
                    }
                }
                await started.wait()
                group.cancelAll()
            }
            let sum = try await db.value(Int.self, "SELECT sum(count)::bigint FROM store.item")
            #expect(sum == 0)
        }
    }
}
