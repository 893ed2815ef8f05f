import Foundation
import Logging

/// Brings a daemon's schema up to what the program needs, before it serves.
///
/// Any number of replicas may do so at once: an advisory lock lets one work, and the others find it done.
package struct Migrator: Sendable {
    /// How long to wait for a database that is still starting.
    private static let patience: Duration = .seconds(30)
    /// A migration may rewrite a table; it waits for locks far shorter than it may run.
    private static let deadline: Duration = .seconds(600)
    /// Longer, and readers would queue behind our waiting ALTER (reliability §0 fact 13).
    private static let lockTimeout = "200ms"
    private static let pause: ClosedRange<Double> = 0.1...0.4

    private let database: PostgresDatabase
    private let schema: String
    private let migrations: [Migration]

    package init(_ database: PostgresDatabase, schema: String, _ migrations: [Migration]) {
        self.database = database
        self.schema = schema
        self.migrations = migrations.sorted { $0.version < $1.version }
    }

    /// Applies what is missing, each migration in its own transaction.
    ///
    /// Waits up to 30 s for a database that is not up, and as long for locks that others hold.
    /// - Throws: ``MigrationError``; ``PostgresError`` when the database stays away.
    package func run() async throws {
        try checkVersions()
        let start = ContinuousClock.now
        while true {
            do {
                return try await attempt()
            } catch {
                guard Self.isWorthRetrying(error), .now - start < Self.patience else { throw error }
                database.logger.info("migration waits", metadata: ["error.message": "\(error)", "db.schema": "\(schema)"])
                try await Task.sleep(for: .seconds(Double.random(in: Self.pause)))
            }
        }
    }

    private func checkVersions() throws {
        var seen: Set<Int> = []
        for migration in migrations {
            guard migration.version > 0, seen.insert(migration.version).inserted else {
                throw MigrationError.malformed(version: migration.version, name: migration.name)
            }
        }
    }

    private static func isWorthRetrying(_ error: any Error) -> Bool {
        switch error {
        case MigrationError.failed(_, _, let error): error.isTransient && error.kind != .deadline
        case let error as PostgresError: error.isTransient
        default: false
        }
    }

    private func attempt() async throws {
        let connection = try await database.connect(role: "migrator", deadline: Self.deadline)
        defer { connection.close() }
        let session = MigrationSession(connection, schema: schema, deadline: Self.deadline)
        try await session.transaction { try await $0.prepareTable() }
        let checksums = try await session.checksums(of: migrations)
        let known = Array(zip(migrations, checksums)).map { (migration: $0, checksum: $1) }
        var isDone = false
        while !isDone {
            isDone = try await session.transaction { try await step($0, known) }
        }
    }

    /// Applies the next missing migration, looked up under the lock.
    ///
    /// - Returns: Whether nothing was missing.
    private func step(_ session: MigrationSession, _ known: [(migration: Migration, checksum: String)]) async throws -> Bool {
        let plan = try MigrationPlan(known: known, applied: try await session.applied())
        guard let next = plan.pending.first, let checksum = known.first(where: { $0.migration.version == next.version })?.checksum else {
            return true
        }
        do {
            try await session.begin(lockTimeout: Self.lockTimeout)
            try await session.script(next.sql)
            guard try await session.isStillInTransaction() else {
                throw MigrationError.endsTransaction(version: next.version, name: next.name)
            }
            try await session.record(next, checksum: checksum)
        } catch let error as PostgresError {
            throw MigrationError.failed(version: next.version, name: next.name, error)
        }
        database.logger.info("migrated", metadata: ["db.schema": "\(schema)", "migration.version": "\(next.version)"])
        return false
    }
}
