import Foundation
import HTTPTypes
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct ErrorTests {
    private static let secret = "s3cr3t-value"

    @Test func textOfAnErrorHoldsNoValues() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.echoesStatements = true }.workers
            try await db.execute("INSERT INTO store.item (id, name) VALUES (5, \(Self.secret))")
            let statements: [SQL] = [
                "INSERT INTO store.item (id, name) VALUES (6, \(Self.secret))",
                "SELECT \(Self.secret)::text::uuid",
                "SELECT \(Self.secret)::text::jsonb",
                "INSERT INTO store.item (id, name, count) VALUES (7, \(Self.secret + "x"), -1)",
                "SELECT \(Self.secret + "\0")::text",
            ]
            for statement in statements {
                let error = try await failure { try await db.execute(statement) }
                #expect(!"\(error)".contains(Self.secret))
                #expect(!error.localizedDescription.contains(Self.secret))
            }
            let decoding = try await failure { _ = try await db.value(Int.self, "SELECT name FROM store.item WHERE id = 5") }
            #expect("\(decoding)" == "decoding: column name as Int")
            #expect(!fixture.log.entries.contains { $0.description.contains(Self.secret) })
            #expect(fixture.log.entries.contains { $0.metadata["db.statement"] == "SELECT $1::text::uuid" })
        }
    }

    @Test func errorsCarryStateConstraintAndStatement() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let twin = try await failure { try await db.execute("INSERT INTO store.item (id, name) VALUES (9, 'one')") }
            #expect(twin.sqlState == "23505")
            #expect(twin.constraint == "item_name_key")
            #expect("\(twin)" == "server 23505 on item_name_key in ErrorTests.errorsCarryStateConstraintAndStatement")
            #expect(PostgresError.isUniqueViolation(twin))
            #expect(PostgresError.isUniqueViolation(twin, of: "item_name_key"))
            #expect(!PostgresError.isUniqueViolation(twin, of: "item_pkey"))
            let check = try await failure { try await db.execute("UPDATE store.item SET count = -1") }
            #expect(check.isCheckViolation)
            let typo = try await failure { try await db.execute("SELECT nonsense FROM store.item") }
            #expect("\(typo)".hasSuffix(#": column "nonsense" does not exist"#))
            #expect(!typo.isTransient)
        }
    }

    /// Disk, memory, connections, a configured limit: all of class 53 may be over the next time.
    @Test(arguments: ["53100", "53200", "53300", "53400"]) func serverShortOfMeansIsA503(state: String) async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let error = try await failure {
                try await db.execute("DO $$ BEGIN RAISE EXCEPTION 'short' USING ERRCODE = '\(unsafeSQL: state)'; END $$")
            }
            #expect(error.sqlState == state)
            #expect(error.problem.status.code == 503)
            #expect(error.problem.headers[.retryAfter] == "1")
        }
    }

    @Test func answersWithoutRowsAreTold() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let missing = try await failure { _ = try await db.value(Int.self, "SELECT 1 WHERE false") }
            #expect(missing.kind == .noRow)
            #expect(try await db.firstValue(Int.self, "SELECT 1 WHERE false") == nil)
            let column = try await failure { _ = try await db.query("SELECT 1 AS a").first?("b", as: Int.self) }
            #expect("\(column)" == "decoding: no column b")
        }
    }

    @Test func statementsGoByFileAndFunction() async throws {
        #expect(StatementName(file: "OnCall/ScheduleStore+find.swift", function: "find(_:at:)").description == "ScheduleStore+find.find")
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            try await db.execute("SELECT 1")
            let name = #"tocsin_postgres_query_duration_seconds_count{statement="ErrorTests.statementsGoByFileAndFunction"}"#
            #expect(await fixture.metric(name) == 1)
            _ = try await failure { try await db.execute("SELECT 1 / 0") }
            #expect(await fixture.metric(#"tocsin_postgres_errors_total{class="22"}"#) == 1)
            #expect(await fixture.metric(#"tocsin_postgres_errors_total{class="40"}"#) == 0)
        }
    }
}
