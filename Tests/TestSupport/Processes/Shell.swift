import Foundation

/// Runs bash scripts for the tests' real servers; they may start what stays with `detached command…`.
package enum Shell {
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: String
    }

    /// Runs a script to its end; its output must fit a pipe, so servers it leaves behind write to files.
    package static func run(_ script: String, _ arguments: [String] = [], environment: [String: String] = [:]) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", detached + script, "bash"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(status: status, output: String(decoding: output.fileHandleForReading.availableData, as: UTF8.self))
    }

    /// `detached command…` becomes a program that outlives the script: Foundation's Process takes a script for running as long as anybody holds
    /// the socket it passes on, so whatever stays must let go of everything but its three streams.
    private static let detached = """
        detached() {
            for fd in /proc/self/fd/*; do
                fd=${fd##*/}
                [ "$fd" -le 2 ] || eval "exec $fd>&-" 2>/dev/null || true
            done
            exec "$@"
        }

        """

    /// The same, where anything but success is a failure of the test.
    @discardableResult
    package static func require(_ script: String, _ arguments: [String] = []) async throws -> String {
        let outcome = try await run(script, arguments)
        guard outcome.status == 0 else { throw ToolFailure("\(script.prefix(80)): \(outcome.output.suffix(2000))") }
        return outcome.output
    }
}
