import ArgumentParser
import Contracts
import Foundation

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back the whole suite up: all schemas, as they are at one moment.",
        discussion: """
            Makes a folder that only you may read, with the dump and a manifest: versions of the schemas, rows of every table, checksum. Daemons go on \
            working meanwhile. Needs pg_dump and psql, and a superuser or another role that reads all four schemas, from DATABASE_URL, DATABASE_URL_FILE or \
            libpq's own PGHOST, PGUSER, PGPASSFILE and the like; never on the command line.
            """
    )

    @Argument(help: "The folder to make; never one that is there.") var folder: String

    func run() throws {
        umask(0o077)
        let backup = try BackupFolder.make(folder)
        do {
            let manifest = try write(to: backup)
            try backup.complete(manifest)
            print("Wrote \(folder): \(manifest.counts.values.reduce(0, +)) rows, \(manifest.dump.bytes) bytes, of \(manifest.createdAt).")
        } catch {
            backup.discard()
            throw error
        }
    }

    /// Facts and dump of one snapshot: the session that counted holds it open while pg_dump reads.
    private func write(to backup: BackupFolder) throws -> BackupManifest {
        let programs = try PostgresPrograms(environment: ProcessInfo.processInfo.environment)
        let session = try programs.session()
        let facts = try session.ask(
            BackupFacts.self, DatabaseScript.facts, else: "the database has no Tocsin in it, or this role may not read it")
        let schemas = DatabaseScript.schemas.map { "--schema=\($0)" }
        try programs.run(
            "pg_dump",
            ["--format=custom", "--snapshot=\(facts.snapshot)", "--strict-names", "--lock-wait-timeout=10s", "--file=\(backup.dump)"]
                + schemas)
        try session.end()
        return BackupManifest(facts, dump: try DumpFile(reading: backup.dump))
    }
}
