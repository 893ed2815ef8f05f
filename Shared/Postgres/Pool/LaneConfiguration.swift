/// The bounds of one lane.
package struct LaneConfiguration: Sendable, Hashable {
    /// At most so many connections.
    package var limit: Int
    /// How long a caller waits for a free one before ``PostgresError/Kind/poolTimeout`` (DBF-5: at most 500 ms where a person or a sender waits).
    package var wait: Duration
    /// How long one statement may take before the client gives it and its connection up (DBF-3).
    package var deadline: Duration

    package init(limit: Int, wait: Duration = .milliseconds(500), deadline: Duration = .seconds(3)) {
        self.limit = limit
        self.wait = wait
        self.deadline = deadline
    }
}
