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

    /// What it ended with, as a shell tells it: 128 more than a signal's number; nil while it runs.
    package var exitCode: Int? {
        guard let child = processID, let text = try? String(contentsOfFile: "\(log).\(child).exit", encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Starts it; ``Shell`` keeps no pipe to it, and a keeper beside it waits for its exit code.
    package func start(_ command: [String], environment: [String: String] = [:]) async throws {
        let output = try await Shell.require(
            """
            cd /tmp
            rm -f "$1.pid"
            (detached bash -c '
                log=$1
                shift
                "$@" >>"$log" 2>&1 </dev/null &
                child=$!
                echo "$child" >"$log.pid"
                wait "$child"
                echo "$?" >"$log.$child.exit"
            ' keeper "$1" env "${@:3}" >/dev/null 2>&1 </dev/null) &
            for _ in $(seq 3000); do [ -s "$1.pid" ] && break; sleep 0.01; done
            child=$(cat "$1.pid")
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
