/// Gathers the channels that were rung and says when to send them: an interval after the first of them, all together.
package struct NotifyDebounce {
    /// One NOTIFY per process and interval at most (reliability QUE-6): each takes a database-wide lock at its commit, and wakes every listener of the
    /// database. Waiting first keeps all that off the way of a page, which this process walks without it.
    package static let interval: Duration = .milliseconds(20)

    package enum Action: Sendable, Hashable {
        /// Nothing to send: wait for a ring.
        case rest
        case wait(Duration)
        case send(Set<String>)
    }

    private var pending: Set<String> = []
    /// When what is pending is to be sent, on a monotonic clock of the caller's; nil until it is first looked at.
    private var due: Duration?

    package init() {}

    package mutating func ring(_ channel: String) {
        pending.insert(channel)
    }

    package mutating func next(at time: Duration) -> Action {
        guard !pending.isEmpty else { return .rest }
        let due = due ?? time + Self.interval
        self.due = due
        guard due <= time else { return .wait(due - time) }
        defer {
            pending = []
            self.due = nil
        }
        return .send(pending)
    }
}
