package import Foundation
package import Postgres
import ServiceKit
package import WorkQueue

/// The months of `incident.audit`.
extension TimePartitions {
    package static func audit(_ lane: PostgresLane) -> TimePartitions {
        TimePartitions("incident.audit", by: .timestamp("at"), span: .month, ahead: 2, lane: lane)
    }
}

/// What this daemon keeps for how long.
package struct IncidentRetention: Sendable {
    /// An answer of oncall-service holds for an hour at most; its row is replaced by the next one for the same targets.
    private static let answers: TimeInterval = 7 * 86_400

    package let jobs: [any RetentionJob]

    /// - Parameters: what is nil is kept for ever.
    package init(incidents: TimeInterval?, audit: TimeInterval?, dead: TimeInterval?, _ lane: PostgresLane) {
        var jobs: [any RetentionJob] = [
            PartitionRetention(.audit(lane), keep: audit),
            RetentionRule("incident.on_call_answer", .timestamp("valid_until"), keep: Self.answers, database: lane),
        ]
        if let incidents { jobs.append(EndedIncidents(keep: incidents, lane: lane)) }
        if let dead { jobs.append(RetentionRule("incident.outbox_dead", .timestamp("died_at"), keep: dead, database: lane)) }
        self.jobs = jobs
    }
}

/// Incidents that ended long ago go with all of their record; one that is open never does, however old.
struct EndedIncidents: RetentionJob {
    /// Incidents of a run: each may have hundreds of timeline entries.
    static let batch = 50

    let table = "incident.incident"
    let unit = RetentionUnit.rows
    let keep: TimeInterval
    let lane: PostgresLane

    func run(now: Date) async throws -> TickReport {
        let end = now.addingTimeInterval(-keep)
        let removed = try await lane.transaction { transaction in
            let ids = try await transaction.values(
                UUID.self,
                """
                SELECT id FROM incident.incident WHERE id = ANY (ARRAY(
                  (SELECT id FROM incident.incident WHERE deleted_at IS NULL AND status = 'resolved' AND created_at < \(end) AND resolved_at < \(end)
                    ORDER BY created_at LIMIT \(unsafeSQL: "\(Self.batch)"))
                  UNION ALL
                  (SELECT id FROM incident.incident WHERE deleted_at < \(end) ORDER BY deleted_at LIMIT \(unsafeSQL: "\(Self.batch)"))
                  LIMIT \(unsafeSQL: "\(Self.batch)")))
                  AND (deleted_at < \(end) OR status = 'resolved' AND resolved_at < \(end)) ORDER BY id FOR UPDATE
                """)
            for owned in ["permit", "timeline_entry", "page", "firing"] {
                try await transaction.execute("DELETE FROM incident.\(unsafeSQL: owned) WHERE incident_id = ANY(\(ids))")
            }
            return try await transaction.execute("DELETE FROM incident.incident WHERE id = ANY(\(ids))")
        }
        return TickReport(handled: removed, more: removed == Self.batch)
    }
}
