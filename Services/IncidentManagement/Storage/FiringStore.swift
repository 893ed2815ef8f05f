package import Contracts
package import Foundation
package import Postgres

/// The steps that fired, with what became of their pages: the escalation events.
package struct FiringStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// When a step of the incident fired last.
    package func lastFired(_ incident: IncidentID) async throws -> Date? {
        try await session.query("SELECT max(fired_at) AS fired_at FROM incident.firing WHERE incident_id = \(incident)").first?("fired_at")
    }

    package func exists(_ id: FiringID) async throws -> Bool {
        try await session.value(Bool.self, "SELECT EXISTS (SELECT FROM incident.firing WHERE id = \(id))")
    }

    /// How often a place fired in an epoch, over all rounds.
    package func count(_ incident: IncidentID, epoch: Int, step: Int) async throws -> Int {
        try await session.value(
            Int.self, "SELECT count(*) FROM incident.firing WHERE incident_id = \(incident) AND epoch = \(epoch) AND step = \(step)"
        )
    }

    /// Records one firing outside of the engine, with the incident's row locked; sent with the transaction's next statement or with COMMIT.
    package static func insert(_ firing: StepOutcome.Firing, of incident: Incident, in transaction: PostgresTransaction, at now: Date) {
        transaction.later(
            """
            INSERT INTO incident.firing (id, incident_id, epoch, step, round, result, fired_at, due_at)
            VALUES (\(firing.id), \(incident.id), \(incident.escalation.epoch), \(firing.position.step), \(firing.position.round),
                \(firing.result), \(now), \(now))
            """
        )
    }

    /// The promises of firings; their incidents wait for an outcome from now on. Sent with the transaction's next statement or with COMMIT.
    package static func insertPages(_ pages: [PageMessage], in transaction: PostgresTransaction, at now: Date) {
        guard !pages.isEmpty else { return }
        transaction.later(
            """
            WITH told AS (
                UPDATE incident.incident SET notification_status = 'pending'
                WHERE id = ANY(\(Set(pages.compactMap(\.incidentID)).sorted())) AND notification_status IN ('none', 'failed')
            )
            INSERT INTO incident.page (id, firing_id, incident_id, epoch, recipient, email, created_at)
            SELECT id, firing_id, incident_id, epoch, recipient, email, \(now)
            FROM unnest(\(pages.map(\.pageID)), \(pages.map(\.firingID)), \(pages.map(\.incidentID)), \(pages.map { $0.epoch ?? 0 }),
                \(pages.map(\.recipient.name)), \(pages.map { $0.recipient.email.lowercased() }))
                AS p (id, firing_id, incident_id, epoch, recipient, email)
            """
        )
    }

    /// The newest first, after the one given.
    package func list(_ incident: IncidentID?, after id: FiringID?, limit: Int) async throws -> [EscalationEvent] {
        try await session.all(
            EscalationEvent.self,
            """
            SELECT f.id, f.incident_id, i.number, f.epoch, f.step, f.round, f.result, f.due_at, f.fired_at,
                coalesce((SELECT json_agg(json_build_object('recipient', p.recipient, 'status', p.status) ORDER BY p.id)
                    FROM incident.page p WHERE p.firing_id = f.id), '[]')::text AS pages
            FROM incident.firing f JOIN incident.incident i ON i.id = f.incident_id
            WHERE i.deleted_at IS NULL AND (\(incident)::uuid IS NULL OR f.incident_id = \(incident)::uuid)
              AND (\(id)::uuid IS NULL OR (f.fired_at, f.id) < (SELECT fired_at, id FROM incident.firing WHERE id = \(id)::uuid))
            ORDER BY f.fired_at DESC, f.id DESC LIMIT \(limit)
            """
        )
    }
}

/// One step that fired, as the API shows it.
package struct EscalationEvent: RowDecodable, Codable, Sendable {
    package let id: FiringID
    package let incidentID: IncidentID
    package let incidentNumber: Int
    package let epoch: Int
    package let step: Int
    package let round: Int
    /// `paged`, `level_skipped`, `fallback` or `acted`.
    package let status: String
    package let dueAt: Date
    package let firedAt: Date
    package let pages: [Page]

    package struct Page: Codable, Sendable {
        package let recipient: String
        package let status: String
    }

    package init(row: PostgresRow) throws {
        id = try row("id")
        incidentID = try row("incident_id")
        incidentNumber = try row("number")
        epoch = try row("epoch")
        step = try row("step")
        round = try row("round")
        status = try row("result")
        dueAt = try row("due_at")
        firedAt = try row("fired_at")
        pages = try WireJSON.decode(fromText: try row("pages"))
    }
}
