package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Which incident somebody means: its id, or the short number.
package enum IncidentReference: Sendable, Hashable {
    case id(IncidentID)
    case number(Int)

    package init?(_ text: String) {
        if let id = IncidentID(text) {
            self = .id(id)
        } else if let number = Int(text), number > 0, text.utf8.count <= 18 {
            self = .number(number)
        } else {
            return nil
        }
    }
}

/// Which new incidents an engine wants for itself, and for how long.
package struct TimerLease: Sendable {
    package let incidents: Set<IncidentID>
    package let until: Date
    package let worker: String
}

/// What the database gave a new incident.
package struct InsertedIncident: Sendable {
    package let number: Int
    /// Of its first step, where one was wanted.
    package let lease: Lease?
}

/// The rows of incidents: read, locked, inserted and written back.
package struct IncidentStore: Sendable {
    let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// - Throws: ``IncidentError/notFound`` also for a deleted one.
    package func find(_ reference: IncidentReference) async throws -> Incident {
        guard
            let incident = try await session.first(
                Incident.self,
                "SELECT \(fragment: Incident.columns) FROM incident.incident WHERE \(fragment: reference.condition) AND deleted_at IS NULL"
            )
        else { throw IncidentError.notFound }
        return incident
    }

    /// The incidents of these ids, deleted ones too, locked in id order until the transaction ends.
    package func lock(_ ids: [IncidentID]) async throws -> [IncidentID: Incident] {
        let incidents = try await session.all(.locked(ids))
        return Dictionary(uniqueKeysWithValues: incidents.map { ($0.id, $0) })
    }

    package func lock(_ reference: IncidentReference) async throws -> Incident {
        guard
            let incident = try await session.first(
                Incident.self,
                """
                SELECT \(fragment: Incident.columns) FROM incident.incident
                WHERE \(fragment: reference.condition) AND deleted_at IS NULL FOR UPDATE
                """
            )
        else { throw IncidentError.notFound }
        return incident
    }

    /// Inserts new incidents; one whose id is there already is left alone.
    ///
    /// - Parameter leasing: whose first steps are leased as they are written, unless paging is held.
    /// - Returns: what became of those inserted, by id.
    package func insert(_ incidents: [Incident], leasing wanted: TimerLease? = nil) async throws -> [IncidentID: InsertedIncident] {
        guard !incidents.isEmpty else { return [:] }
        let rows = try await session.query(
            """
            INSERT INTO incident.incident (id, title, description, status, severity, priority, incident_type, source, service, team,
                assignees, created_by, created_at, updated_at, alert_count, group_seq, told_severity, labels, links, traceparent, epoch,
                next_step_at, policy, lease_until, fence, attempts, worker)
            SELECT id, title, description, status, severity, priority, incident_type, source, service, team,
                ARRAY(SELECT jsonb_array_elements_text(assignees)), created_by, created_at, created_at, alert_count, group_seq, told_severity, labels,
                links, traceparent, epoch, next_step_at, policy, CASE WHEN is_leased THEN \(wanted?.until) END,
                CASE WHEN is_leased THEN nextval('incident.fence_seq') ELSE 0 END, is_leased::integer,
                CASE WHEN is_leased THEN \(wanted?.worker) END
            FROM (SELECT new.*, is_wanted AND \(fragment: PagingStore.holds.isLifted) AS is_leased
                FROM unnest(\(incidents.map(\.id)), \(incidents.map(\.title)), \(incidents.map(\.description)),
                \(incidents.map(\.status)), \(incidents.map(\.severity)), \(incidents.map(\.priority)), \(incidents.map(\.incidentType)),
                \(incidents.map(\.source)), \(incidents.map(\.service)), \(incidents.map(\.team)),
                \(try incidents.map { try WireJSON.encodeText($0.assignees) })::jsonb[], \(incidents.map(\.createdBy)),
                \(incidents.map(\.createdAt)), \(incidents.map(\.alertCount)), \(incidents.map(\.groupSeq)),
                \(incidents.map(\.toldSeverity)),
                \(try incidents.map { try WireJSON.encodeText($0.labels) })::jsonb[],
                \(try incidents.map { try WireJSON.encodeText($0.links) })::jsonb[], \(incidents.map { $0.trace?.text }),
                \(incidents.map(\.escalation.epoch)),
                \(incidents.map(\.escalation.nextStepAt)), \(try incidents.map { try WireJSON.encodeText($0.escalation.policy) })::jsonb[],
                \(incidents.map { wanted?.incidents.contains($0.id) ?? false }))
                AS new (id, title, description, status, severity, priority, incident_type, source, service, team, assignees, created_by,
                    created_at, alert_count, group_seq, told_severity, labels, links, traceparent, epoch, next_step_at, policy, is_wanted)) AS new
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id, number, fence
            """
        )
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                let fence: Int64 = try row("fence")
                let id: IncidentID = try row("id")
                let lease = wanted.flatMap { fence > 0 ? Lease(key: id.description, fence: fence, attempts: 1, until: $0.until) : nil }
                return (id, InsertedIncident(number: try row("number"), lease: lease))
            })
    }

    /// Writes a changed incident back; its row must be locked by this transaction.
    ///
    /// A new epoch, step or due time takes the timer's lease away from an engine that is at it. The copy of the policy is not written:
    /// ``savePolicy(of:)`` does.
    package func save(_ incident: Incident) async throws {
        let escalation = incident.escalation
        try await session.execute(
            """
            UPDATE incident.incident SET title = \(incident.title), description = \(incident.description), status = \(incident.status),
                severity = \(incident.severity), priority = \(incident.priority), incident_type = \(incident.incidentType),
                service = \(incident.service), team = \(incident.team), assignees = \(incident.assignees), updated_at = \(incident.updatedAt),
                acknowledged_at = \(incident.acknowledgement?.at), acknowledged_by = \(incident.acknowledgement?.actor),
                resolved_at = \(incident.resolution?.at), resolved_by = \(incident.resolution?.actor),
                alert_count = \(incident.alertCount), group_seq = \(incident.groupSeq), told_severity = \(incident.toldSeverity),
                version = \(incident.version),
                deleted_at = \(incident.isDeleted ? incident.updatedAt : nil), epoch = \(escalation.epoch), step = \(escalation.step),
                round = \(escalation.round), first_round = \(escalation.firstRound), has_paged_in_round = \(escalation.hasPagedInRound),
                next_step_at = \(escalation.nextStepAt), firing_id = \(escalation.firingID), held_since = \(escalation.heldSince),
                exhausted_at = \(escalation.exhaustedAt),
                lease_until = CASE WHEN epoch = \(escalation.epoch) AND step = \(escalation.step) AND round = \(escalation.round)
                    AND next_step_at IS NOT DISTINCT FROM \(escalation.nextStepAt) THEN lease_until END
            WHERE id = \(incident.id)
            """
        )
    }
}

extension IncidentStore {
    /// Those that were never opened here.
    package func missing(of ids: [IncidentID]) async throws -> [IncidentID] {
        guard !ids.isEmpty else { return [] }
        return try await session.values(
            IncidentID.self,
            """
            SELECT id FROM unnest(\(ids)::uuid[]) AS told (id)
            WHERE NOT EXISTS (SELECT FROM incident.incident i WHERE i.id = told.id)
            """)
    }

    /// Writes the incident's copy of its policy; its row must be locked by this transaction.
    package func savePolicy(of incident: Incident) async throws {
        try await session.execute(
            "UPDATE incident.incident SET policy = \(try JSONText.encoding(incident.escalation.policy)) WHERE id = \(incident.id)"
        )
    }
}

extension RowQuery where Row == Incident {
    /// Deleted ones too, locked in id order until the transaction ends.
    static func locked(_ ids: [IncidentID]) -> Self {
        Self("SELECT \(fragment: Incident.columns) FROM incident.incident WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE")
    }
}

extension IncidentReference {
    fileprivate var condition: SQL {
        switch self {
        case .id(let id): "id = \(id)"
        case .number(let number): "number = \(number)"
        }
    }
}
