import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private static let first = Migration(version: 1, name: "create_a", sql: "CREATE TABLE store.a (id bigint PRIMARY KEY);")
    private static let second = Migration(
        version: 2, name: "create_b", sql: "CREATE TABLE store.b (id bigint); INSERT INTO store.b VALUES (1);")

    private func withEmpty(_ body: (TestDatabase, PostgresDatabase) async throws -> Void) async throws {
        try await withDatabase(migrations: [("store", [])]) { try await body($0, $0.database(schema: "store")) }
    }

    private func versions(_ database: PostgresDatabase) async throws -> [Int] {
        try await database.api.values(Int.self, "SELECT version FROM store.schema_migration ORDER BY version")
    }

    @Test func fileNamesAndTheFirstLineSayEverything() {
        let plain = Migration(file: "V0012_create_alert.sql", bytes: Array("SELECT 1;".utf8))
        #expect(plain == Migration(version: 12, name: "create_alert", sql: "SELECT 1;"))
        #expect(Migration(file: "V0002_x.sql", bytes: Array("-- breaking\nSELECT 1;".utf8)).isBreaking)
        #expect(!Migration(file: "V0002_x.sql", bytes: Array("-- breaking news\nSELECT 1;".utf8)).isBreaking)
        #expect(Migration(file: "create.sql", bytes: []).version == 0)
        #expect(Migration(file: "0001_create.sql", bytes: []).version == 0)
    }

    @Test func freshDatabaseGetsAllAndAnotherRunNothing() async throws {
        try await withEmpty { _, database in
            try await Migrator(database, schema: "store", [Self.second, Self.first]).run()
            #expect(try await versions(database) == [1, 2])
            try await Migrator(database, schema: "store", [Self.first, Self.second]).run()
            #expect(try await database.api.value(Int.self, "SELECT count(*) FROM store.b") == 1)
        }
    }

    @Test func twoReplicasAtOnceMigrateOnce() async throws {
        try await withEmpty { server, database in
            let other = server.database(schema: "store")
            async let one: Void = Migrator(database, schema: "store", [Self.first, Self.second]).run()
            async let two: Void = Migrator(other, schema: "store", [Self.first, Self.second]).run()
            _ = try await (one, two)
            #expect(try await versions(database) == [1, 2])
            #expect(try await database.api.value(Int.self, "SELECT count(*) FROM store.b") == 1)
        }
    }

    @Test func newerMigrationOfAnotherReleaseIsFineUnlessBreaking() async throws {
        try await withEmpty { _, database in
            try await Migrator(database, schema: "store", [Self.first, Self.second]).run()
            try await Migrator(database, schema: "store", [Self.first]).run()
            let third = Migration(version: 3, name: "drop_a", sql: "DROP TABLE store.a;", isBreaking: true)
            try await Migrator(database, schema: "store", [Self.first, Self.second, third]).run()
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(database, schema: "store", [Self.first, Self.second]).run()
            }
            #expect(error?.description.contains("3 drop_a, which is marked breaking; this program knows 2") == true)
        }
    }

    @Test func failingMigrationLeavesNothing() async throws {
        try await withEmpty { _, database in
            let broken = Migration(version: 2, name: "broken", sql: "CREATE TABLE store.b (id bigint); SELECT nonsense;")
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(database, schema: "store", [Self.first, broken]).run()
            }
            #expect(error?.description.hasPrefix("migration 2 broken failed") == true)
            let left = try await versions(database)
            #expect(left == [1])
            #expect(try await database.api.value(Bool.self, "SELECT to_regclass('store.b') IS NULL"))
        }
    }

    @Test func editedMigrationIsNamed() async throws {
        try await withEmpty { _, database in
            try await Migrator(database, schema: "store", [Self.first]).run()
            let edited = Migration(version: 1, name: "create_a", sql: Self.first.sql + " -- better")
            let error = await #expect(throws: MigrationError.self) { try await Migrator(database, schema: "store", [edited]).run() }
            #expect(error?.description.contains("was changed") == true)
        }
    }

    @Test func migrationBelowAnAppliedOneIsRefused() async throws {
        try await withEmpty { _, database in
            try await Migrator(database, schema: "store", [Self.second]).run()
            let error = await #expect(throws: MigrationError.self) {
                try await Migrator(database, schema: "store", [Self.first, Self.second]).run()
            }
            #expect(error?.description.contains("give it a higher version") == true)
        }
    }

    @Test func twoOfOneVersionAreRefused() async throws {
        try await withEmpty { _, database in
            await #expect(throws: MigrationError.self) { try await Migrator(database, schema: "store", [Self.first, Self.first]).run() }
            let nameless = Migration(file: "create.sql", bytes: [])
            await #expect(throws: MigrationError.self) { try await Migrator(database, schema: "store", [nameless]).run() }
        }
    }

    @Test func migrationWithACommitOfItsOwnIsRefused() async throws {
        try await withEmpty { _, database in
            let rude = Migration(
                version: 1, name: "rude", sql: "CREATE TABLE store.a (id bigint); COMMIT; CREATE TABLE store.b (id bigint);")
            let error = await #expect(throws: MigrationError.self) { try await Migrator(database, schema: "store", [rude]).run() }
            #expect(error?.description.contains("leave COMMIT and ROLLBACK out") == true)
        }
    }

    @Test func lockedTableIsWaitedForInShortTurns() async throws {
        try await withEmpty { server, database in
            try await Migrator(database, schema: "store", [Self.first]).run()
            let log = LogRecorder()
            let patient = server.database(schema: "store", logger: log.logger)
            let alter = Migration(version: 2, name: "widen_a", sql: "ALTER TABLE store.a ADD COLUMN x text;")
            let locked = Gate()
            async let altered: Void = {
                await locked.wait()
                try await Migrator(patient, schema: "store", [Self.first, alter]).run()
            }()
            try await server.administrator().api.transaction { transaction in
                try await transaction.execute("LOCK TABLE store.a IN ACCESS SHARE MODE")
                locked.open()
                try await eventually("it gave way once") { log.entries.contains { $0.message == "migration waits" } }
            }
            try await altered
            #expect(try await versions(database) == [1, 2])
        }
    }

    @Test func roleSeesItsOwnSchemaOnly() async throws {
        try await withDatabase(migrations: [("store", [Self.first]), ("other", [])]) { server in
            #expect(try await server.database(schema: "store").api.value(Int.self, "SELECT count(*) FROM store.a") == 0)
            let error = try await failure { _ = try await server.database(schema: "other").api.query("SELECT * FROM store.a") }
            #expect(error.sqlState == "42501")
            let stray = try await failure { try await server.database(schema: "store").api.execute("CREATE TABLE public.x (id bigint)") }
            #expect(stray.sqlState == "42501")
        }
    }
}
