package import Foundation
package import Postgres
package import WorkQueue

/// The days of `alerting.alert`.
extension TimePartitions {
    /// A week ahead, so that a week without the sweep harms nothing. A day with an alert that still fires stays.
    package static func alerts(_ lane: PostgresLane) -> TimePartitions {
        TimePartitions("alerting.alert", by: .version7("id"), span: .day, ahead: 7, lane: lane) { from, to in
            "EXISTS (SELECT FROM alerting.open_alert WHERE alert_id >= \(fragment: from) AND alert_id < \(fragment: to))"
        }
    }
}

/// The months of `alerting.change_event`.
extension TimePartitions {
    /// Deployments are few: a month is one partition, and the next one is there in time.
    package static func changes(_ lane: PostgresLane) -> TimePartitions {
        TimePartitions("alerting.change_event", by: .version7("id"), span: .month, ahead: 1, lane: lane)
    }
}

/// What this daemon keeps for how long.
package struct AlertRetention: Sendable {
    package let jobs: [any RetentionJob]

    /// - Parameters:
    ///   - alerts: nil for ever; the same for the changes that explain them.
    ///   - dead: the same, for what could not be read or told.
    package init(alerts: TimeInterval?, dead: TimeInterval?, _ lane: PostgresLane) {
        var jobs: [any RetentionJob] = [
            PartitionRetention(.alerts(lane), keep: alerts), PartitionRetention(.changes(lane), keep: alerts),
            // Their incidents can be reopened for half an hour.
            RetentionRule("alerting.closed_group", .timestamp("closed_at"), keep: MuteRule.memory, database: lane),
        ]
        if let alerts {
            // What no partition took: normally nothing.
            jobs.append(
                RetentionRule(
                    "alerting.alert_default", .version7("id"), keep: alerts,
                    where: "NOT EXISTS (SELECT FROM alerting.open_alert o WHERE o.alert_id = t.id)", database: lane))
            jobs.append(RetentionRule("alerting.change_event_default", .version7("id"), keep: alerts, database: lane))
        }
        if let dead {
            jobs.append(RetentionRule("alerting.quarantine", .timestamp("received_at"), keep: dead, database: lane))
            jobs.append(RetentionRule("alerting.outbox_dead", .timestamp("died_at"), keep: dead, database: lane))
        }
        self.jobs = jobs
    }
}
