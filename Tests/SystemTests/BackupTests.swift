import Foundation
import Postgres
import TestSupport
import Testing

/// What `tocsin backup` and `tocsin restore` refuse, and what they leave behind when they do.
@Suite struct BackupTests {
    private static func backUp(_ database: TestDatabase, to folder: String) async throws -> Shell.Outcome {
        try await CommandLineTool.run(["backup", folder], environment: ["DATABASE_URL": database.url])
    }

    private static func restore(_ folder: String, into database: TestDatabase, _ more: String...) async throws -> Shell.Outcome {
        try await CommandLineTool.run(["restore", folder] + more, environment: ["DATABASE_URL": database.url])
    }

    private static func tables(_ database: TestDatabase) async throws -> Int {
        try await database.administrator().api.value(
            Int.self, "SELECT count(*) FROM pg_tables WHERE schemaname IN ('alerting', 'incident', 'oncall', 'notification')")
    }

    /// A database with one user in it, backed up.
    private static func withBackup(_ body: (TestDatabase, String) async throws -> Void) async throws {
        try await withDatabase(migrations: TocsinSystem.migrations) { original in
            try await original.administrator().api.execute(
                "INSERT INTO incident.service (name, team, created_at) VALUES ('checkout', 'payments', now())")
            try await CommandLineTool.withFolder { folder in
                // As a shell completes a folder.
                let outcome = try await backUp(original, to: folder + "/")
                try #require(outcome.status == 0, "\(outcome.output)")
                try await body(original, folder)
            }
        }
    }

    @Test func onlyTheOwnerMayReadABackupAndItSaysWhatIsInIt() async throws {
        try await Self.withBackup { _, folder in
            let manager = FileManager.default
            func mode(_ path: String) throws -> Int? { try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
            #expect(try mode(folder) == 0o700)
            #expect(try mode(folder + "/database.dump") == 0o600)
            #expect(try mode(folder + "/manifest.json") == 0o600)
            let manifest = try String(contentsOfFile: folder + "/manifest.json", encoding: .utf8)
            #expect(manifest.contains(#""incident.service":1"#), "\(manifest)")
            #expect(try manager.contentsOfDirectory(atPath: folder).sorted() == ["database.dump", "manifest.json"])
        }
    }

    @Test func backupNeverOverwritesAndLeavesNothingWhenItFails() async throws {
        try await Self.withBackup { original, folder in
            let again = try await Self.backUp(original, to: folder)
            #expect(again.status != 0)
            #expect(again.output.contains("is there already"), "\(again.output)")
            let nowhere = try await CommandLineTool.run(
                ["backup", folder + "-2"], environment: ["DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/none"])
            #expect(nowhere.status != 0)
            #expect(!nowhere.output.contains("hunter2"))
            // By TCP and with a password it gets in, and may read one schema of four.
            let one = try await CommandLineTool.run(
                ["backup", folder + "-2"], environment: ["DATABASE_URL": original.tcpURL(schema: "incident")])
            #expect(one.output.contains("permission denied for schema alerting"), "\(one.output)")
            #expect(one.output.contains("this role may not read it"), "\(one.output)")
            let odd = try await CommandLineTool.run(["backup", folder + "-2"], environment: ["DATABASE_URL": "mysql://hunter2@x/y"])
            #expect(odd.output.contains("DATABASE_URL must begin with postgresql://"), "\(odd.output)")
            let left = try FileManager.default.contentsOfDirectory(atPath: URL(filePath: folder).deletingLastPathComponent().path)
            #expect(left == ["backup"])
        }
    }

    @Test func restoreTouchesADatabaseWithTablesOnlyWhenToldTo() async throws {
        try await Self.withBackup { original, folder in
            try await original.administrator().api.execute("DELETE FROM incident.service")
            let refused = try await Self.restore(folder, into: original)
            #expect(refused.status != 0)
            #expect(refused.output.contains("--replace"), "\(refused.output)")
            #expect(try await original.administrator().api.value(Int.self, "SELECT count(*) FROM incident.service") == 0)
            let replaced = try await Self.restore(folder, into: original, "--replace")
            #expect(replaced.status == 0, "\(replaced.output)")
            #expect(try await original.administrator().api.value(Int.self, "SELECT count(*) FROM incident.service") == 1)
        }
    }

    /// Whatever a cache kept under the stamps of the moment of the back-up is not taken for what was restored.
    @Test func restoredIncidentListHasNewStamps() async throws {
        try await Self.withBackup { original, folder in
            let stamps: SQL = "SELECT stamp FROM incident.list_stamp ORDER BY slot"
            let before = try await original.administrator().api.values(UUID.self, stamps)
            #expect(try await Self.restore(folder, into: original, "--replace").status == 0)
            let after = try await original.administrator().api.values(UUID.self, stamps)
            #expect(after.count == before.count && Set(after).isDisjoint(with: before))
        }
    }

    @Test func restoreWaitsForNoDaemonThatIsStillThere() async throws {
        try await Self.withBackup { _, folder in
            try await withDatabase(migrations: []) { target in
                let daemon = target.database(schema: "incident")
                #expect(try await daemon.api.value(Int.self, "SELECT 1") == 1)
                let outcome = try await Self.restore(folder, into: target)
                #expect(outcome.status != 0)
                #expect(outcome.output.contains("tocsin_incident"), "\(outcome.output)")
                #expect(try await Self.tables(target) == 0)
            }
        }
    }

    @Test func damagedDumpIsRefusedBeforeAnythingIsTouched() async throws {
        try await Self.withBackup { _, folder in
            let dump = try FileHandle(forUpdating: URL(filePath: folder + "/database.dump"))
            let end = try dump.seekToEnd()
            try dump.seek(toOffset: end / 2)
            try dump.write(contentsOf: Data("spoilt".utf8))
            try dump.close()
            try await withDatabase(migrations: []) { target in
                let outcome = try await Self.restore(folder, into: target)
                #expect(outcome.output.contains("checksum"), "\(outcome.output)")
                #expect(try await Self.tables(target) == 0)
            }
        }
    }

    @Test func restoreWhoseRowsDifferFromTheManifestIsTakenBackWhole() async throws {
        try await Self.withBackup { _, folder in
            let path = folder + "/manifest.json"
            let manifest = try String(contentsOfFile: path, encoding: .utf8)
            try manifest.replacing(#""incident.service":1"#, with: #""incident.service":2"#).write(
                toFile: path, atomically: true, encoding: .utf8)
            try await withDatabase(migrations: []) { target in
                let outcome = try await Self.restore(folder, into: target)
                #expect(outcome.status != 0)
                #expect(outcome.output.contains("incident.service: 2 in the back-up, 1 restored"), "\(outcome.output)")
                #expect(try await Self.tables(target) == 0)
            }
        }
    }
}
