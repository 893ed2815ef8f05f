package import Contracts
package import Foundation
package import Postgres

/// Grants the start of an attempt under a row lock that an acknowledge takes too, so the two have one order.
package struct PermitStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// One statement, one commit: the lock, the decision's facts and the grant.
    package func ask(_ question: PermitQuestion, at now: Date) async throws -> PermitAnswer {
        let row = try await lane.query(
            """
            WITH held AS (
                SELECT id, status, epoch, deleted_at FROM incident.incident WHERE id = \(question.incidentID) FOR SHARE
            ), granted AS (
                INSERT INTO incident.permit (attempt_id, page_id, incident_id, granted_at)
                SELECT \(question.attemptID), \(question.pageID), id, \(now) FROM held
                WHERE status = 'open' AND epoch = \(question.epoch) AND deleted_at IS NULL
                ON CONFLICT (attempt_id) DO NOTHING
            )
            SELECT status, epoch, deleted_at IS NOT NULL AS is_deleted FROM held
            """
        ).first
        let incident = try row.map {
            (
                status: try $0("status", as: IncidentStatus.self), epoch: try $0("epoch", as: Int.self),
                isDeleted: try $0("is_deleted", as: Bool.self)
            )
        }
        return PermitAnswer(verdict: .decide(epoch: question.epoch, incident: incident))
    }

    /// When the newest attempt that was granted but not yet reported may have begun; nil when none is under way.
    package func newestOpenGrant(of incident: IncidentID, since: Date) async throws -> Date? {
        try await lane.query(
            "SELECT max(granted_at) AS granted_at FROM incident.permit WHERE incident_id = \(incident) AND granted_at > \(since)"
        ).first?("granted_at")
    }

    /// Removes grants nobody waits for any more, a bounded number at a time.
    package func removeGrants(before: Date, limit: Int) async throws -> Int {
        try await lane.execute(Self.removal(before: before, limit: limit))
    }

    /// With the ids as one value: joined, a plan made without knowing the limit would read the table.
    package static func removal(before: Date, limit: Int) -> SQL {
        """
        DELETE FROM incident.permit WHERE attempt_id = ANY (ARRAY(
            SELECT attempt_id FROM incident.permit WHERE granted_at < \(before) ORDER BY granted_at LIMIT \(limit)))
        """
    }
}
