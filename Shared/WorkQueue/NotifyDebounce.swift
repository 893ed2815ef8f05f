/// Gathers the channels that were rung and says when to send them: at once after a quiet time, then at most once per interval.
package struct NotifyDebounce {
    /// One NOTIFY per process and interval at most (reliability QUE-6); each takes a database-wide lock at its commit.
    package static let interval: Duration = .milliseconds(20)

    package enum Action: Sendable, Hashable {
        /// Nothing to send: wait for a ring.
        case rest
        case wait(Duration)
        case send(Set<String>)
    }

    private var pending: Set<String> = []
    /// When something was sent last, on a monotonic clock of the caller's.
    private var lastSent: Duration?

    package init() {}

    package mutating func ring(_ channel: String) {
        pending.insert(channel)
    }

    package mutating func next(at time: Duration) -> Action {
        guard !pending.isEmpty else { return .rest }
        if let lastSent, time - lastSent < Self.interval { return .wait(Self.interval - (time - lastSent)) }
        lastSent = time
        defer { pending = [] }
        return .send(pending)
    }
}
