/// Time that only runs forward, for deadlines within an attempt; a step of any clock must not lengthen a permit.
package protocol Stopwatch: Sendable {
    /// Time since some fixed instant.
    var elapsed: Duration { get }
    /// Waits; throws when the task is cancelled.
    func pause(_ duration: Duration) async throws
}

/// The host's monotonic clock.
package struct MonotonicStopwatch: Stopwatch {
    private let start = ContinuousClock.now

    package init() {}

    package var elapsed: Duration { ContinuousClock.now - start }

    package func pause(_ duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}
