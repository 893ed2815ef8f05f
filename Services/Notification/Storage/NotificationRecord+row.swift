package import Postgres

extension NotificationRecord: RowDecodable {
    static let columns = """
        id, kind, incident_id, incident_reference, user_id, recipient_name, recipient_email, subject, body, severity, state, reason, channel,
        requested_by, created_at, expires_at, settled_at
        """

    package init(row: PostgresRow) throws {
        let name: String = try row("recipient_name")
        let email: String = try row("recipient_email")
        self.init(
            id: try row("id"), kind: try row("kind"), incidentID: try row("incident_id"), incidentReference: try row("incident_reference"),
            userID: try row("user_id"), recipient: email.isEmpty ? name : email, subject: try row("subject"), body: try row("body"),
            severity: try row("severity"), state: try row("state"), reason: try row("reason"), channel: try row("channel"),
            requestedBy: try row("requested_by"), createdAt: try row("created_at"), expiresAt: try row("expires_at"),
            settledAt: try row("settled_at")
        )
    }
}

extension DeliveryRecord: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), channel: try row("channel"), address: try row("address"), state: try row("state"), reason: try row("reason"),
            dueAt: try row("due_at"), settledAt: try row("settled_at")
        )
    }
}

extension AttemptRecord: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), deliveryID: try row("delivery_id"), number: try row("number"), permit: try row("permit"),
            state: try row("state"), reason: try row("reason"), providerID: try row("provider_id"), startedAt: try row("started_at"),
            endedAt: try row("ended_at")
        )
    }
}
