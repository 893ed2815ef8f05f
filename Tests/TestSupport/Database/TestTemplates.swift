import CoreMetrics
import Foundation
package import Logging
import Postgres

/// Template databases: layout and migrations are applied once per distinct set, and each test's database is a copy of the files (about 10 ms).
struct TestTemplates: Sendable {
    let server: TestServer

    /// The template's name.
    func template(for migrations: [(schema: String, [Migration])], _ admin: PostgresLane) async throws -> String {
        let name = "tocsin_test_template_" + Self.fingerprint(migrations)
        guard try await admin.firstValue(Int.self, "SELECT 1 FROM pg_database WHERE datname = \(name)") == nil else { return name }
        let draft = "tocsin_test_draft_" + UUID().uuidString.prefix(8).lowercased()
        try await admin.execute("CREATE DATABASE \(unsafeSQL: draft)")
        try await layOut(draft, schemas: migrations.map(\.schema))
        for (schema, steps) in migrations {
            try await withRunning(PostgresConfiguration(dsn: server.roleDSN(draft, schema: schema), schema: schema)) {
                try await Migrator($0, schema: schema, steps).run()
            }
        }
        try await admin.execute("ALTER DATABASE \(unsafeSQL: draft) RENAME TO \(unsafeSQL: name)")
        return name
    }

    /// Runs the suite's layout for these schemas.
    private func layOut(_ database: String, schemas: [String]) async throws {
        let layout = try String(contentsOf: Self.layout, encoding: .utf8)
        try await withRunning(PostgresConfiguration(dsn: server.superuserDSN(database), schema: "test")) { database in
            try await database.api.transaction { transaction in
                try await transaction.execute("SELECT set_config('tocsin.schemas', \(schemas.joined(separator: ","))::text, true)")
                try await transaction.execute("\(unsafeSQL: layout)")
                for schema in schemas {
                    try await transaction.execute(
                        "ALTER ROLE \(unsafeSQL: "tocsin_\(schema)") PASSWORD '\(unsafeSQL: server.rolePassword)'")
                }
            }
        }
    }

    private static let layout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Shared/Postgres/Layout/roles.sql")

    /// FNV-1a over everything that shapes the template.
    private static func fingerprint(_ migrations: [(schema: String, [Migration])]) -> String {
        let text = migrations.map { schema, steps in
            schema + steps.map { "\($0.version)\u{1F}\($0.name)\u{1F}\($0.sql)\u{1F}\($0.isBreaking)" }.joined(separator: "\u{1E}")
        }
        let hash = text.joined(separator: "\u{1D}").utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}

/// Runs `body` with a database service that stops when `body` ends.
func withRunning<Answer: Sendable>(
    _ configuration: PostgresConfiguration, _ body: (PostgresDatabase) async throws -> Answer
) async throws -> Answer {
    var configuration = configuration
    configuration.waitLong()
    let database = PostgresDatabase(configuration, metrics: NOOPMetricsHandler.instance, logger: .quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await database.run() }
        defer { group.cancelAll() }
        return try await body(database)
    }
}

extension Logger {
    /// A logger that says nothing.
    package static var quiet: Logger { Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() } }
}
