import Foundation

/// Since when each held snapshot has been seen, by the daemon's clock: PostgreSQL hides the beginning of another role's transaction.
struct SnapshotAges: Sendable {
    private var since: [String: Date] = [:]

    /// For how many seconds the one seen longest has been there, 0 when there is none; forgets those that are gone.
    mutating func longest(of held: [HeldSnapshot], at now: Date) -> TimeInterval {
        let before = since
        since = Dictionary(held.map { ($0.number, before[$0.number] ?? now) }) { first, _ in first }
        return since.values.min().map { max(0, now.timeIntervalSince($0)) } ?? 0
    }
}
