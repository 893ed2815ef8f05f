package import Contracts
package import Foundation
package import Postgres

/// The record of what was promised and what became of it.
package struct NotificationStore: Sendable {
    let database: PostgresLane

    package init(_ database: PostgresLane) {
        self.database = database
    }

    /// Which notifications to list, newest first.
    package struct Filter: Sendable {
        package let states: [PageState]?
        package let incident: IncidentID?
        package let reference: String?
        package let before: PageID?
        package let limit: Int

        package init(states: [PageState]? = nil, incident: IncidentID? = nil, reference: String? = nil, before: PageID? = nil, limit: Int) {
            self.states = states
            self.incident = incident
            self.reference = reference
            self.before = before
            self.limit = limit
        }
    }

    package func list(_ filter: Filter) async throws -> [NotificationRecord] {
        try await database.all(NotificationRecord.self, Self.statement(filter))
    }

    /// The list as SQL, for a plan test: however rare a state is, no more is read than what is listed.
    package static func statement(_ filter: Filter) -> SQL {
        var conditions: [SQL] = []
        if let before = filter.before { conditions.append("id < \(before)") }
        if let incident = filter.incident { conditions.append("incident_id = \(incident)") }
        if let reference = filter.reference { conditions.append("incident_reference = \(reference)") }
        func page(_ conditions: [SQL]) -> SQL {
            """
            SELECT \(unsafeSQL: NotificationRecord.columns) FROM notification.page
             WHERE \(fragment: (["true"] + conditions).joined(" AND ")) ORDER BY id DESC LIMIT \(filter.limit)
            """
        }
        guard let wanted = filter.states else { return page(conditions) }
        // What is asked for twice is listed once.
        let states = PageState.allCases.filter(wanted.contains)
        // An incident has few pages, and they have an index of their own.
        if filter.incident != nil || filter.reference != nil { return page(conditions + ["state = ANY(\(states)::text[])"]) }
        return """
            SELECT found.* FROM unnest(\(states)::text[]) AS wanted (word)
             CROSS JOIN LATERAL (\(fragment: page(conditions + ["state = wanted.word"]))) AS found
             ORDER BY found.id DESC LIMIT \(filter.limit)
            """
    }

    package func find(_ id: PageID) async throws -> NotificationRecord? {
        try await database.first(
            NotificationRecord.self, "SELECT \(unsafeSQL: NotificationRecord.columns) FROM notification.page WHERE id = \(id)")
    }

    package func deliveries(of id: PageID) async throws -> [DeliveryRecord] {
        try await database.all(
            DeliveryRecord.self,
            """
            SELECT id, channel, address, state, reason, due_at, settled_at FROM notification.delivery
             WHERE page_id = \(id) ORDER BY due_at, id
            """)
    }

    package func attempts(of id: PageID) async throws -> [AttemptRecord] {
        try await database.all(
            AttemptRecord.self,
            """
            SELECT attempt.id, delivery_id, number, permit, attempt.state, attempt.reason, attempt.provider_id, started_at, ended_at
              FROM notification.attempt JOIN notification.delivery ON delivery.id = attempt.delivery_id
             WHERE delivery.page_id = \(id) ORDER BY started_at, attempt.id
            """)
    }

    /// Queues the deliveries of an ended page again, as long as its incident has not moved on.
    /// - Returns: the lanes that have something due; nil when the page was not in a state to be tried again.
    package func retry(_ id: PageID, now: Date, expiresAt: Date) async throws -> Set<DeliveryLane>? {
        try await database.transaction { transaction in
            let reopened = try await transaction.execute(
                """
                UPDATE notification.page SET state = 'pending', reason = NULL, settled_at = NULL, expires_at = \(expiresAt)
                 WHERE id = \(id) AND state IN ('exhausted', 'expired') AND dead_reason IS NULL
                   AND EXISTS (SELECT FROM notification.delivery WHERE page_id = page.id)
                """)
            guard reopened == 1 else { return nil }
            let channels = try await transaction.values(
                ChannelKind.self,
                """
                WITH again AS (
                  UPDATE notification.delivery SET state = 'queued', reason = NULL, settled_at = NULL, due_at = \(now)
                   WHERE page_id = \(id) AND state IN ('failed', 'expired', 'buried', 'cancelled')
                  RETURNING id, page_id, channel),
                queued AS (
                  INSERT INTO notification.delivery_queue (id, page_id, lane, run_at, expires_at, incident_id, epoch, recipient_key)
                  SELECT again.id, again.page_id, CASE again.channel WHEN 'email' THEN 'mail' ELSE 'web' END, \(now), \(expiresAt),
                         page.incident_id, CASE page.kind WHEN 'page' THEN page.epoch END, page.recipient_key
                    FROM again JOIN notification.page ON page.id = again.page_id)
                SELECT channel FROM again
                """)
            return Set(channels.map { DeliveryLane($0) })
        }
    }
}
