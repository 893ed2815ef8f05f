/// How often and after which pause a transaction that lost a race runs again.
struct TransactionRetry {
    /// Two transactions that keep meeting part ways by jitter; more than this many defeats mean a hot row, which the caller must hear about.
    static let limit = 3
    private static let base: Duration = .milliseconds(10)

    private var used = 0

    /// - Returns: The pause before the next try, nil when there have been enough.
    mutating func next() -> Duration? {
        guard used < Self.limit else { return nil }
        used += 1
        return Self.base * (Double.random(in: 0.5...1.5) * Double(1 << used))
    }
}

/// What a transaction sees of others (PostgreSQL §13.2).
package enum IsolationLevel: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}
