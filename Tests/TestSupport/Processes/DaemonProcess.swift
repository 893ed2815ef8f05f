package import Contracts
import Foundation

/// One daemon as a real process: started, killed, stopped and continued by a test.
package final class DaemonProcess: Sendable {
    package let peer: Peer
    package let port: Int
    private let environment: [String: String]
    private let log: String
    private let process: BackgroundProcess

    package init(_ peer: Peer, port: Int, environment: [String: String], log: String) {
        self.peer = peer
        self.port = port
        self.environment = environment
        self.log = log
        process = BackgroundProcess(log: log)
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Where the executables lie: `TOCSIN_BINARIES`, else beside the test bundle.
    package static var binaries: String {
        ProcessInfo.processInfo.environment["TOCSIN_BINARIES"]
            ?? URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent().path
    }

    package func start() async throws {
        let variables = environment.merging(["PORT": "\(port)", "HOST": "127.0.0.1"]) { _, given in given }
        try await process.start([Self.binaries + "/" + peer.rawValue], environment: variables)
    }

    /// `kill -9` for SIGKILL, a frozen process for SIGSTOP.
    package func signal(_ number: Int32) { process.signal(number) }

    package var processID: Int32? { process.processID }

    /// Stops it as a service manager does, with SIGTERM, and waits for its end.
    ///
    /// - Returns: its exit code, and how long it took.
    /// - Throws: ``ToolFailure`` when it is still there after `limit`, more than any stop may take.
    package func stop(within limit: Duration = .seconds(20)) async throws -> (code: Int, took: Duration) {
        let began = ContinuousClock.now
        process.signal(SIGTERM)
        try await eventually("\(peer.rawValue) has ended", within: limit) { process.exitCode != nil }
        guard let code = process.exitCode else { throw ToolFailure("\(peer.rawValue) left no exit code") }
        return (code, ContinuousClock.now - began)
    }

    /// Waits until `/readyz` is green.
    /// - Throws: ``ToolFailure`` with the end of its log after `limit`.
    package func ready(within limit: Duration = .seconds(30)) async throws {
        let outcome = try await Shell.run(
            #"for _ in $(seq 1 "$2"); do curl -fsS -m 2 -o /dev/null "$1/readyz" 2>/dev/null && exit 0; sleep 0.1; done; tail -c 1500 "$3"; exit 1"#,
            [url, "\(limit.components.seconds * 10)", log]
        )
        guard outcome.status == 0 else { throw ToolFailure("\(peer.rawValue) is not ready: \(outcome.output)") }
    }
}
