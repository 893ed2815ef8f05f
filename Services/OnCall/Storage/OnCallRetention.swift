package import Foundation
package import Postgres
package import WorkQueue

/// What this daemon keeps for how long. The answers to the engine are unique by firing for all time, so they cannot be parted by time.
package struct OnCallRetention: Sendable {
    package let jobs: [any RetentionJob]

    /// - Parameter keep: nil for ever.
    package init(keep: TimeInterval?, _ lane: PostgresLane) {
        guard let keep else {
            jobs = []
            return
        }
        jobs = [
            RetentionRule("oncall.escalation", .timestamp("escalated_at"), keep: keep, database: lane),
            RetentionRule("oncall.history_event", .timestamp("happened_at"), keep: keep, database: lane),
            RetentionRule("oncall.override", .timestamp("ends_at"), keep: keep, database: lane),
            RetentionRule("oncall.shift_request", .timestamp("expires_at"), keep: keep, where: "t.state <> 'open'", database: lane),
            RetentionRule("oncall.time_off", .timestamp("ends_at"), keep: keep, database: lane),
        ]
    }
}
