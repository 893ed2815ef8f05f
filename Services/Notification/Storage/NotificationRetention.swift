package import Foundation
package import Postgres
package import WorkQueue

/// The months of `notification.attempt`.
extension TimePartitions {
    /// A month with an attempt of a delivery that is not settled stays.
    package static func attempts(_ lane: PostgresLane) -> TimePartitions {
        TimePartitions("notification.attempt", by: .version7("id"), span: .month, ahead: 2, lane: lane) { from, to in
            """
            EXISTS (SELECT FROM notification.delivery_queue q JOIN notification.attempt a ON a.delivery_id = q.id
                     WHERE a.id >= \(fragment: from) AND a.id < \(fragment: to))
            """
        }
    }
}

/// What this daemon keeps for how long. A delivery goes when its attempts are gone, a page when its deliveries are.
package struct NotificationRetention: Sendable {
    package let jobs: [any RetentionJob]

    /// - Parameters:
    ///   - notifications: nil for ever.
    ///   - dead: the same, for outcomes that could not be told.
    package init(notifications: TimeInterval?, dead: TimeInterval?, _ lane: PostgresLane) {
        var jobs: [any RetentionJob] = [PartitionRetention(.attempts(lane), keep: notifications)]
        if let notifications {
            jobs += [
                // What no partition took: normally nothing.
                RetentionRule(
                    "notification.attempt_default", .version7("id"), keep: notifications,
                    where: "NOT EXISTS (SELECT FROM notification.delivery_queue q WHERE q.id = t.delivery_id)", database: lane),
                RetentionRule(
                    "notification.delivery", .version7("id"), keep: notifications, beforeWhole: .month,
                    where: "t.state <> 'queued' AND NOT EXISTS (SELECT FROM notification.attempt a WHERE a.delivery_id = t.id)",
                    database: lane),
                RetentionRule(
                    "notification.page", .version7("id"), keep: notifications, beforeWhole: .month,
                    where: "t.state <> 'pending' AND NOT EXISTS (SELECT FROM notification.delivery d WHERE d.page_id = t.id)",
                    database: lane),
                RetentionRule(
                    "notification.incident_epoch", .timestamp("raised_at"), keep: notifications,
                    where: "NOT EXISTS (SELECT FROM notification.delivery_queue q WHERE q.incident_id = t.incident_id)", database: lane),
            ]
        }
        if let dead { jobs.append(RetentionRule("notification.outbox_dead", .timestamp("died_at"), keep: dead, database: lane)) }
        self.jobs = jobs
    }
}
