import Contracts
import Foundation
package import Postgres

extension Incident: RowDecodable {
    static let columns: SQL = "\(unsafeSQL: columnNames)"

    static let columnNames = """
        id, number, title, description, status, severity, priority, incident_type, source, service, team, assignees, created_by, created_at, \
        updated_at, acknowledged_at, acknowledged_by, resolved_at, resolved_by, notification_status, alert_count, group_seq, told_severity, labels, \
        links, traceparent, version, deleted_at, epoch, step, round, first_round, has_paged_in_round, next_step_at, firing_id, held_since, \
        exhausted_at, policy
        """

    package init(row: PostgresRow) throws {
        let deletedAt: Date? = try row("deleted_at")
        let traceparent: String? = try row("traceparent")
        self.init(
            id: try row("id"), number: try row("number"), title: try row("title"), description: try row("description"),
            status: try row("status"), severity: try row("severity"), priority: try row("priority"), incidentType: try row("incident_type"),
            source: try row("source"), service: try row("service"), team: try row("team"), assignees: try row("assignees"),
            createdBy: try row("created_by"), createdAt: try row("created_at"), updatedAt: try row("updated_at"),
            acknowledgement: try Action(row, actor: "acknowledged_by", at: "acknowledged_at"),
            resolution: try Action(row, actor: "resolved_by", at: "resolved_at"), notificationStatus: try row("notification_status"),
            alertCount: try row("alert_count"), groupSeq: try row("group_seq"), toldSeverity: try row("told_severity"),
            labels: try row.json("labels"),
            links: try row.json("links"),
            version: try row("version"), isDeleted: deletedAt != nil,
            trace: traceparent.flatMap { TraceParent($0) },
            escalation: Escalation(
                epoch: try row("epoch"), step: try row("step"), round: try row("round"), firstRound: try row("first_round"),
                hasPagedInRound: try row("has_paged_in_round"), nextStepAt: try row("next_step_at"), firingID: try row("firing_id"),
                heldSince: try row("held_since"), exhaustedAt: try row("exhausted_at"), policy: try row.policy()
            )
        )
    }
}

extension Incident.Action {
    fileprivate init?(_ row: PostgresRow, actor: String, at: String) throws {
        guard let who: String = try row(actor), let when: Date = try row(at) else { return nil }
        self.init(actor: who, at: when)
    }
}

extension PostgresRow {
    /// The incident's copy of its policy. One that cannot be read must not stop every incident that is claimed beside it: the built-in default
    /// goes on in its place.
    fileprivate func policy() throws -> EscalationPolicy {
        let text: JSONText = try self("policy")
        return (try? WireJSON.decode(EscalationPolicy.self, fromText: text.text)) ?? .standard
    }

    /// A jsonb column as a value of ours.
    func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        let json: JSONText = try self(column)
        return try WireJSON.decode(fromText: json.text)
    }
}

extension JSONText {
    /// A value of ours as jsonb.
    static func encoding(_ value: some Encodable) throws -> JSONText {
        JSONText(try WireJSON.encodeText(value))
    }
}
