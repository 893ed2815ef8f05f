package import Foundation
package import Postgres
package import WorkQueue

/// What this daemon keeps for how long. The answers to the engine are unique by firing for all time, so they cannot be parted by time.
package struct OnCallRetention: Sendable {
    package let jobs: [any RetentionJob]

    /// - Parameters: what is nil is kept for ever.
    package init(keep: TimeInterval?, dead: TimeInterval? = nil, _ lane: PostgresLane) {
        var jobs: [any RetentionJob] = []
        if let keep {
            jobs += [
                RetentionRule("oncall.escalation", .timestamp("escalated_at"), keep: keep, database: lane),
                RetentionRule("oncall.history_event", .timestamp("happened_at"), keep: keep, database: lane),
                RetentionRule("oncall.override", .timestamp("ends_at"), keep: keep, database: lane),
                RetentionRule("oncall.shift_request", .timestamp("expires_at"), keep: keep, where: "t.state <> 'open'", database: lane),
                RetentionRule("oncall.time_off", .timestamp("ends_at"), keep: keep, database: lane),
                RetentionRule("oncall.calendar_entry", .timestamp("ends_at"), keep: keep, database: lane),
                RetentionRule(
                    "oncall.calendar_feed", .timestamp("removed_at"), keep: keep, where: "t.removed_at IS NOT NULL", database: lane),
                RetentionRule("oncall.handoff_notice", .timestamp("made_at"), keep: keep, database: lane),
            ]
        }
        if let dead { jobs.append(RetentionRule("oncall.outbox_dead", .timestamp("died_at"), keep: dead, database: lane)) }
        self.jobs = jobs
    }
}
