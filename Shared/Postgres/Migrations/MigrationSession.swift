/// The statements of the migrator, on a connection of its own.
struct MigrationSession {
    private let connection: PostgresConnection
    private let schema: String
    private let deadline: Duration

    init(_ connection: PostgresConnection, schema: String, deadline: Duration) {
        self.connection = connection
        self.schema = schema
        self.deadline = deadline
    }

    private var table: SQL { "\(unsafeSQL: Self.quoted(schema)).schema_migration" }

    /// Runs `body` in a transaction that holds the schema's advisory lock.
    func transaction<Answer>(_ body: (MigrationSession) async throws -> Answer) async throws -> Answer {
        try await script("BEGIN")
        do {
            _ = try await query("SELECT pg_advisory_xact_lock(hashtextextended(\("tocsin migration " + schema)::text, 0))")
            let answer = try await body(self)
            let tag = try await connection.runScript("COMMIT", deadline: deadline).commandTag
            guard tag == "COMMIT" else { throw PostgresError(.transactionAborted) }
            return answer
        } catch {
            _ = try? await connection.runScript("ROLLBACK", deadline: deadline)
            throw error
        }
    }

    func prepareTable() async throws {
        let known = try await query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = \(schema)::text")
        if known.isEmpty { _ = try await query("CREATE SCHEMA \(unsafeSQL: Self.quoted(schema))") }
        _ = try await query(
            """
            CREATE TABLE IF NOT EXISTS \(fragment: table) (
                version integer PRIMARY KEY CHECK (version > 0),
                name text NOT NULL,
                checksum text NOT NULL,
                is_breaking boolean NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
            )
            """
        )
    }

    func applied() async throws -> [MigrationPlan.Applied] {
        try await query("SELECT version, name, checksum, is_breaking FROM \(fragment: table) ORDER BY version").map { row in
            MigrationPlan.Applied(
                version: try row("version"), name: try row("name"), checksum: try row("checksum"), isBreaking: try row("is_breaking")
            )
        }
    }

    /// PostgreSQL's own SHA-256, so that this module needs no cryptography.
    func checksums(of migrations: [Migration]) async throws -> [String] {
        let rows = try await query(
            """
            SELECT encode(sha256(convert_to(text, 'UTF8')), 'hex') AS checksum
            FROM unnest(\(migrations.map(\.sql))) WITH ORDINALITY AS migration (text, position) ORDER BY position
            """
        )
        return try rows.map { try $0("checksum") }
    }

    /// Both settings end with the transaction; the second shows later that it is still the same one.
    func begin(lockTimeout: String) async throws {
        _ = try await query("SELECT set_config('lock_timeout', \(lockTimeout)::text, true), set_config('tocsin.migrating', 'on', true)")
    }

    func isStillInTransaction() async throws -> Bool {
        let isSame: Bool =
            try await query("SELECT coalesce(current_setting('tocsin.migrating', true), '') = 'on' AS same").first?("same") ?? false
        return isSame
    }

    func record(_ migration: Migration, checksum: String) async throws {
        _ = try await query(
            """
            INSERT INTO \(fragment: table) (version, name, checksum, is_breaking)
            VALUES (\(migration.version), \(migration.name), \(checksum), \(migration.isBreaking))
            """
        )
    }

    func script(_ text: String) async throws {
        _ = try await connection.runScript(text, deadline: deadline)
    }

    private func query(_ sql: SQL) async throws -> [PostgresRow] {
        try await connection.run(sql, deadline: deadline).rows
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
