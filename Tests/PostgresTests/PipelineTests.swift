import Postgres
import Synchronization
import TestSupport
import Testing

/// Statements that are sent with the next one or with COMMIT.
@Suite struct PipelineTests {
    private func counts(_ db: PostgresLane) async throws -> [Int] {
        try await db.query("SELECT count FROM store.item ORDER BY id").map { try $0("count", as: Int.self) }
    }

    @Test func whatIsLeftForLaterIsCommitted() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database().workers
            try await db.transaction { transaction in
                transaction.later("UPDATE store.item SET count = 5 WHERE id = 1")
                transaction.later("UPDATE store.item SET count = count + 1 WHERE id = 1")
            }
            #expect(try await counts(db) == [6, 0])
        }
    }

    @Test func theNextStatementSeesWhatWasLeftBeforeIt() async throws {
        try await Fixture.run { (fixture) async throws in
            let seen = try await fixture.database().workers.transaction { transaction in
                transaction.later("UPDATE store.item SET count = 5 WHERE id = 1")
                return try await transaction.value(Int.self, "SELECT count FROM store.item WHERE id = 1")
            }
            #expect(seen == 5)
        }
    }

    @Test func oneThatFailsFailsTheCommitAndNothingIsKept() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database().workers
            await #expect(
                performing: {
                    try await db.transaction { transaction in
                        transaction.later("UPDATE store.item SET count = 5 WHERE id = 1")
                        transaction.later("UPDATE store.item SET name = 'two' WHERE id = 1", file: "Shelf.swift", function: "rename()")
                        transaction.later("UPDATE store.item SET count = 7 WHERE id = 2")
                    }
                },
                throws: {
                    PostgresError.isUniqueViolation($0, of: "item_name_key")
                        && ($0 as? PostgresError)?.statement?.description == "Shelf.rename"
                })
            // The connection serves on, in a transaction of its own.
            #expect(try await counts(db) == [0, 0])
        }
    }

    @Test func flushTellsNowWhatWouldFail() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database().workers
            await #expect(throws: PostgresError.self) {
                try await db.transaction { transaction in
                    transaction.later("UPDATE store.item SET count = -1 WHERE id = 1")
                    try await transaction.flush()
                    Issue.record("the failure came too late")
                }
            }
            #expect(try await counts(db) == [0, 0])
        }
    }

    /// A NUL is refused before anything leaves, and BEGIN would have left with it: what follows must not run outside of a transaction.
    @Test func failureBeforeAnythingWasSentStillEndsTheTransaction() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database().workers
            let kinds = Mutex<[PostgresError.Kind]>([])
            await #expect(
                performing: {
                    try await db.transaction { transaction in
                        for sql: SQL in [
                            "UPDATE store.item SET name = \("a\u{0}b") WHERE id = 1", "UPDATE store.item SET count = 5 WHERE id = 2",
                        ] {
                            do {
                                try await transaction.execute(sql)
                            } catch let error as PostgresError {
                                kinds.withLock { $0.append(error.kind) }
                            }
                        }
                    }
                },
                throws: { ($0 as? PostgresError)?.kind == .transactionAborted })
            #expect(kinds.withLock { $0 } == [.invalidValue, .transactionAborted])
            #expect(try await counts(db) == [0, 0])
        }
    }

    @Test func everyStatementOfAPipelineIsEchoedWithoutItsValues() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database { $0.echoesStatements = true }.workers
            try await db.transaction { transaction in
                transaction.later("UPDATE store.item SET count = \(4711) WHERE id = 1")
                transaction.later("UPDATE store.item SET count = count + 1 WHERE id = 1")
            }
            let texts = fixture.log.entries.filter { $0.message == "statement" }.compactMap { $0.metadata["db.statement"] }
            #expect(texts.map { $0.prefix(6) } == ["BEGIN ", "UPDATE", "UPDATE", "COMMIT"])
            #expect(!texts.contains { $0.contains("4711") })
        }
    }

    @Test func aTransactionWithoutStatementsIsNothing() async throws {
        try await Fixture.run { (fixture) async throws in
            let db = fixture.database().workers
            let answer = try await db.transaction { _ in "done" }
            #expect(answer == "done")
            #expect(try await counts(db) == [0, 0])
        }
    }
}
