import Synchronization

/// How long to wait before connecting again, shared by the lanes of a process; jittered, so that many processes do not knock together (DBF-5).
package final class ConnectBackoff: Sendable {
    private static let base = 0.1
    /// Short enough for a first answer within 2 s after the server is back (DBF-1).
    private static let cap = 1.5

    private let failures = Mutex(0)

    package init() {}

    /// Zero before the first failure.
    ///
    /// - Parameter chance: Where between the shortest and the longest pause of the moment; a test's own, else random.
    package func pause(chance: Double = .random(in: 0...1)) -> Duration {
        let count = failures.withLock { $0 }
        guard count > 0 else { return .zero }
        let ceiling = min(Self.cap, Self.base * Double(1 << min(count, 10)))
        return .seconds(Self.base + (ceiling - Self.base) * chance)
    }

    /// - Returns: Whether this was the first failure of a row, the one worth a log line.
    @discardableResult
    package func failed() -> Bool {
        failures.withLock { failures in
            failures += 1
            return failures == 1
        }
    }

    /// - Returns: Whether failures went before.
    @discardableResult
    package func succeeded() -> Bool {
        failures.withLock { failures in
            defer { failures = 0 }
            return failures > 0
        }
    }
}
