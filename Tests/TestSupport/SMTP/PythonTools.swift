package import Foundation

/// A tool that tests need could not be had.
package struct ToolFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A Python with the packages that test servers need, in `${TOCSIN_TOOLS_PATH:-~/.cache/tocsin/tools}`; made once, kept between runs.
package actor PythonTools {
    package static let shared = PythonTools()

    private static let packages = ["aiosmtpd==1.4.6"]
    private var made: URL?

    /// A script in `Tests/Support`.
    package static func script(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Support").appending(path: name)
    }

    /// The interpreter. Throws ``ToolFailure`` when there is no Python or the packages cannot be had.
    package func python() async throws -> URL {
        if let made { return made }
        let python = try await Self.make()
        made = python
        return python
    }

    private static func make() async throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["TOCSIN_TOOLS_PATH"] ?? (environment["HOME"] ?? "/tmp") + "/.cache/tocsin/tools"
        let folder = cache + "/python"
        // Under a lock, because several test processes may want it at the same time.
        let script = """
            set -eu; mkdir -p '\(cache)'; exec 9>'\(cache)/python.lock'; flock 9
            '\(folder)/bin/python' -c 'import aiosmtpd' 2>/dev/null && exit 0
            rm -rf '\(folder)'; python3 -m venv '\(folder)'
            '\(folder)/bin/pip' install --quiet --disable-pip-version-check \(packages.joined(separator: " "))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw ToolFailure("python3 -m venv or pip failed: install python3-venv") }
        return URL(filePath: folder + "/bin/python")
    }
}
