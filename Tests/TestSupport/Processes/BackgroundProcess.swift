import Foundation
import Synchronization

/// A program that runs beside a test and ends with it at the latest, also when that crashes.
package final class BackgroundProcess: Sendable {
    private let log: String
    private let current = Mutex<Int32?>(nil)

    /// - Parameter log: The file its output is added to.
    package init(log: String) {
        self.log = log
    }

    deinit { signal(SIGKILL) }

    package var processID: Int32? { current.withLock { $0 } }

    /// Starts it; ``Shell`` keeps no pipe to it.
    package func start(_ command: [String], environment: [String: String] = [:]) async throws {
        let output = try await Shell.require(
            """
            cd /tmp
            (detached env "${@:3}" >>"$1" 2>&1 </dev/null) &
            child=$!
            (detached setsid sh -c 'while kill -0 "$1" 2>/dev/null; do kill -0 "$2" 2>/dev/null || exit 0; sleep 0.5; done; kill -9 "$2" 2>/dev/null' \\
                watchdog "$2" "$child" >/dev/null 2>&1 </dev/null) &
            echo "$child"
            """,
            [log, "\(getpid())"] + environment.map { "\($0.key)=\($0.value)" } + command
        )
        guard let child = Int32(output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw ToolFailure("\(command[0]) did not start: \(output)")
        }
        current.withLock { $0 = child }
    }

    /// `kill -9` for SIGKILL, a frozen process for SIGSTOP.
    package func signal(_ number: Int32) {
        if let child = current.withLock({ $0 }) { _ = kill(child, number) }
    }
}
