import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct RecoveryTests {
    @Test func deadlineEndsTheWaitAndTheStatement() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.workers.deadline = .milliseconds(200) }.workers
            let administrator = fixture.server.administrator().api
            let error = try await failure {
                try await db.transaction { transaction in
                    // Else the server's own time-out, a tenth shorter, would speak first, and it would notice the closed connection by itself.
                    try await transaction.execute(
                        "SELECT set_config('statement_timeout', '0', true), set_config('client_connection_check_interval', '0', true)")
                    try await transaction.execute("SELECT pg_sleep(600)")
                }
            }
            #expect(error.kind == .deadline)
            #expect(error.isTransient)
            #expect(try await db.value(Int.self, "SELECT 1") == 1)
            try await eventually("the server has stopped") {
                try await administrator.value(
                    Int.self,
                    """
                    SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()
                    """)
                    == 0
            }
        }
    }

    @Test func serverTimeoutKeepsTheConnection() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.workers.deadline = .milliseconds(300) }.workers
            let pid = try await db.value(Int32.self, "SELECT pg_backend_pid()")
            let error = try await failure { try await db.execute("SELECT pg_sleep(600)") }
            #expect(error.sqlState == "57014")
            #expect(error.isTransient)
            #expect(try await db.value(Int32.self, "SELECT pg_backend_pid()") == pid)
        }
    }

    /// What a connection to the old primary says after a failover (DBF-2).
    @Test func connectionThatTurnedReadOnlyIsGivenUpAtTheFirstWriteItRefuses() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let pid = try await db.value(Int32.self, "SELECT pg_backend_pid()")
            try await db.execute("SELECT set_config('default_transaction_read_only', 'on', false)")
            #expect(try await db.value(Int32.self, "SELECT pg_backend_pid()") == pid)
            let error = try await failure { try await db.execute("UPDATE store.item SET count = 1") }
            #expect(error.sqlState == "25006")
            #expect(error.isTransient)
            #expect(try await db.value(Int32.self, "SELECT pg_backend_pid()") != pid)
            #expect(try await db.execute("UPDATE store.item SET count = 1") == 2)
        }
    }

    @Test func idleConnectionThatDiedIsReplacedUnseen() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let administrator = fixture.server.administrator().api
            let pid = try await db.value(Int32.self, "SELECT pg_backend_pid()")
            try await terminate(pid, administrator)
            #expect(try await db.value(Int32.self, "SELECT pg_backend_pid()") != pid)
            let second = try await db.value(Int32.self, "SELECT pg_backend_pid()")
            try await terminate(second, administrator)
            #expect(try await db.transaction { try await $0.value(Int32.self, "SELECT pg_backend_pid()") } != second)
        }
    }

    @Test func connectionKilledAtWorkFailsTransientlyAndIsReplaced() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let administrator = fixture.server.administrator().api
            let error = try await failure {
                try await db.transaction { transaction in
                    let pid = try await transaction.value(Int32.self, "SELECT pg_backend_pid()")
                    try await terminate(pid, administrator)
                    try await transaction.execute("SELECT 1")
                }
            }
            #expect(error.isTransient)
            #expect(error.sqlState == "57P01" || error.kind == .connectionLost)
            #expect(try await db.value(Int.self, "SELECT 1") == 1)
        }
    }

    @Test func cancelledStatementLeavesTheConnectionInStep() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let administrator = fixture.server.administrator().api
            try await administrator.execute("SELECT pg_advisory_lock(77)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await db.query("SELECT 'slow' FROM pg_advisory_xact_lock_shared(77)") }
                try await eventually("it waits for the lock") {
                    try await administrator.value(
                        Int.self,
                        """
                        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """)
                        == 1
                }
                group.cancelAll()
                try await eventually("unlocked") { try await administrator.value(Bool.self, "SELECT pg_advisory_unlock(77)") }
            }
            for number in 1...3 { #expect(try await db.value(Int.self, "SELECT \(number)") == number) }
        }
    }

    @Test func changedTableDoesNotTroubleAPreparedStatement() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let administrator = fixture.server.administrator().api
            func names() async throws -> [String] { try await db.query("SELECT * FROM store.item ORDER BY id").map { try $0("name") } }
            #expect(try await names() == ["one", "two"])
            try await administrator.execute("ALTER TABLE store.item ADD COLUMN extra text")
            #expect(try await names() == ["one", "two"])
            try await administrator.execute("ALTER TABLE store.item DROP COLUMN extra")
            let inTransaction = try await db.transaction { transaction in
                try await transaction.query("SELECT * FROM store.item ORDER BY id").map { try $0("name", as: String.self) }
            }
            #expect(inTransaction == ["one", "two"])
        }
    }

    @Test(arguments: [true, false]) func statementsWorkPreparedAndUnprepared(isPrepared: Bool) async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.usesPreparedStatements = isPrepared }.workers
            for count in 0..<3 {
                try await db.execute("UPDATE store.item SET count = \(count) WHERE name = \("one")")
                #expect(try await db.value(Int.self, "SELECT count FROM store.item WHERE id = \(1)") == count)
            }
            #expect(try await db.value(Int.self, "SELECT count(*) FROM pg_prepared_statements") == (isPrepared ? 3 : 0))
        }
    }

    @Test func preparedStatementsAreBounded() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            for number in 0..<300 {
                let answer = try await db.value(Int.self, "SELECT \(unsafeSQL: "\(number)")::bigint")
                #expect(answer == number)
            }
            #expect(try await db.value(Int.self, "SELECT count(*) FROM pg_prepared_statements") <= 256)
            #expect(try await db.value(Int.self, "SELECT 0::bigint") == 0)
        }
    }

    @Test func largeStatementsAndAnswersPass() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let texts = (0..<20_000).map { "\($0) " + String(repeating: "ü", count: 200) }
            let answer = try await db.values(String.self, "SELECT unnest(\(texts))")
            #expect(answer == texts)
        }
    }

    private func terminate(_ pid: Int32, _ administrator: PostgresLane) async throws {
        try await administrator.execute("SELECT pg_terminate_backend(\(pid))")
        try await eventually("backend gone") {
            try await administrator.value(Int.self, "SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)") == 0
        }
    }
}
