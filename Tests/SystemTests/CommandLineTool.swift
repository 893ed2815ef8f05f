import Foundation
import TestSupport

/// The `tocsin` program as a person runs it.
enum CommandLineTool {
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Shell.Outcome {
        try await Shell.run(#""$@" 2>&1"#, [DaemonProcess.binaries + "/tocsin"] + arguments, environment: environment)
    }

    /// A name in a folder of its own, for a back-up to be made there; the folder is removed afterwards.
    static func withFolder<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-backup-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try await body(folder.appending(path: "backup").path)
    }
}
