package import Contracts
import Foundation
import Synchronization

/// One daemon as a real process: started, killed, stopped and continued by a test.
package final class DaemonProcess: Sendable {
    package let peer: Peer
    package let port: Int
    private let environment: [String: String]
    private let log: String
    private let current = Mutex<Int32?>(nil)

    package init(_ peer: Peer, port: Int, environment: [String: String], log: String) {
        self.peer = peer
        self.port = port
        self.environment = environment
        self.log = log
    }

    deinit { signal(SIGKILL) }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Where the executables lie: `TOCSIN_BINARIES`, else beside the test bundle.
    package static var binaries: String {
        ProcessInfo.processInfo.environment["TOCSIN_BINARIES"]
            ?? URL(filePath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent().path
    }

    /// Starts it in the background; ``Shell`` keeps no pipe to it, its output goes to the log.
    package func start() async throws {
        let variables = environment.merging(["PORT": "\(port)", "HOST": "127.0.0.1"]) { _, given in given }
        // The watchdog ends the daemon with the test, also when that crashes.
        let output = try await Shell.require(
            """
            cd /tmp
            (detached env "${@:4}" "$1" >>"$2" 2>&1 </dev/null) &
            child=$!
            (detached setsid sh -c 'while kill -0 "$1" 2>/dev/null; do kill -0 "$2" 2>/dev/null || exit 0; sleep 0.5; done; kill -9 "$2" 2>/dev/null' \\
                watchdog "$3" "$child" >/dev/null 2>&1 </dev/null) &
            echo "$child"
            """,
            [Self.binaries + "/" + peer.rawValue, log, "\(getpid())"] + variables.map { "\($0.key)=\($0.value)" }
        )
        guard let child = Int32(output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw ToolFailure("\(peer.rawValue) did not start: \(output)")
        }
        current.withLock { $0 = child }
    }

    /// `kill -9` for SIGKILL, a frozen process for SIGSTOP.
    package func signal(_ number: Int32) {
        if let child = current.withLock({ $0 }) { _ = kill(child, number) }
    }

    package var processID: Int32? { current.withLock { $0 } }

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
