import CoreMetrics
import Foundation
package import PrometheusMetrics
import Synchronization

/// Standard output, which never holds a daemon up: a line that its reader has no room for is dropped and counted
/// (`tocsin_log_lines_dropped_total`).
package final class StandardOutput: LogOutput {
    /// What a pipe that polls writable takes without blocking: PIPE_BUF on Linux.
    static let chunk = 4096
    /// Milliseconds a line may wait for room once it has begun, since a cut line is worse than a short wait.
    static let patience: Int32 = 20

    private let descriptor: Int32
    private let dropped: Counter
    private let isAmidLine = Mutex(false)

    package init(_ metrics: PrometheusMetricsFactory, descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        metrics.describe("tocsin_log_lines_dropped_total", help: "Log lines that standard output had no room for.")
        dropped = Counter(label: "tocsin_log_lines_dropped_total", factory: metrics)
    }

    package func write(_ line: [UInt8]) {
        isAmidLine.withLock { isAmidLine in
            if isAmidLine {
                guard hasRoom(within: 0), send([UInt8(ascii: "\n")][...]) == 1 else { return dropped.increment() }
                isAmidLine = false
            }
            var rest = line[...]
            while !rest.isEmpty {
                let sent = hasRoom(within: rest.count == line.count ? 0 : Self.patience) ? send(rest.prefix(Self.chunk)) : 0
                guard sent > 0 else {
                    isAmidLine = rest.count != line.count
                    return dropped.increment()
                }
                rest = rest.dropFirst(sent)
            }
        }
    }

    private func hasRoom(within milliseconds: Int32) -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&question, 1, milliseconds) == 1 && question.revents & Int16(POLLOUT) != 0
    }

    private func send(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    }
}
