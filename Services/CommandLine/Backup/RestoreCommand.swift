import ArgumentParser
import Foundation

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restore a back-up into an empty database; paging is held afterwards.",
        discussion: """
            All or nothing: tables, the comparison with the manifest and the hold become visible in one commit. Stop the daemons first and start them \
            afterwards; they page nobody until tocsin paging release. Needs psql and pg_restore, a superuser, and the roles of roles.sql; the \
            connection is given as for tocsin backup.
            """
    )

    @Argument(help: "The folder that tocsin backup made.") var folder: String
    @Flag(help: "Give up what the database has in Tocsin's schemas now.") var replace = false

    func run() throws {
        umask(0o077)
        let backup = BackupFolder(path: folder)
        let manifest = try backup.verified()
        let programs = try PostgresPrograms(environment: ProcessInfo.processInfo.environment)
        let check = try programs.session()
        let target = try check.ask(RestoreTarget.self, DatabaseScript.target, else: "the database could not be looked at")
        try check.end()
        if let refusal = target.refusal(replacing: replace) { throw DataCareFailure(refusal) }
        let hold = UUID().uuidString.lowercased()
        try programs.pipe(
            DatabaseScript.opening(replacing: replace), "pg_restore", ["--file=-", "--no-publications", "--no-subscriptions", backup.dump],
            try DatabaseScript.closing(manifest, hold: hold))
        print("Restored \(manifest.counts.values.reduce(0, +)) rows of \(manifest.createdAt) into \(target.database).")
        print("Paging is held (paging_held, \(hold)): start the daemons, look at what is open, then: tocsin paging release")
    }
}
