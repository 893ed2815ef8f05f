package import Contracts
package import Foundation
package import Postgres

/// An alert as it is read back: its record, and what the hot table knows of it while it fires.
package struct StoredAlert: Sendable, RowDecodable {
    package let id: AlertID
    package let integrationID: IntegrationID
    package let incidentID: IncidentID
    package let dedupKey: DedupKey
    package let source: String
    package let severity: Severity
    package let service: String
    package let team: String?
    package let title: String
    package let description: String?
    package let labels: [String: String]
    package let links: [AlertLink]
    package let startsAt: Date?
    package let reportedAt: Date?
    package let receivedAt: Date
    package let lastSeenAt: Date?
    package let endedAt: Date?
    package let endReason: AlertEnd.Reason?
    package let mutedAt: Date?
    package let count: Int
    package let raw: String

    /// Without a WHERE.
    static let select: SQL = """
        SELECT a.id, a.integration_id, a.incident_id, a.dedup_key, a.source, a.severity, a.service, a.team, a.title, a.description,
               a.labels::text AS labels, a.links::text AS links, a.starts_at, a.reported_at, a.received_at, o.last_seen_at, a.ended_at,
               a.end_reason, o.muted_at, coalesce(a.report_count, o.report_count, 1) AS report_count, a.raw
          FROM alerting.alert a
          LEFT JOIN alerting.open_alert o
            ON o.integration_id = a.integration_id AND o.dedup_key = a.dedup_key AND o.alert_id = a.id
        """

    package init(row: PostgresRow) throws {
        id = try row("id")
        integrationID = try row("integration_id")
        incidentID = try row("incident_id")
        dedupKey = try row("dedup_key")
        source = try row("source")
        severity = try row("severity")
        service = try row("service")
        team = try row("team")
        title = try row("title")
        description = try row("description")
        labels = try JSONDecoder().decode([String: String].self, from: Data(try row("labels", as: String.self).utf8))
        links = try row("links", as: String?.self).map { try WireJSON.decode([AlertLink].self, fromText: $0) } ?? []
        startsAt = try row("starts_at")
        reportedAt = try row("reported_at")
        receivedAt = try row("received_at")
        lastSeenAt = try row("last_seen_at")
        endedAt = try row("ended_at")
        endReason = try row("end_reason")
        mutedAt = try row("muted_at")
        count = try row("report_count")
        raw = try row("raw")
    }

    /// The state of a group in this alert's words.
    func summary(of group: OpenGroup) -> AlertSummary {
        AlertSummary(
            alertID: id, title: title, description: description, service: service, team: team, severity: group.severity, source: source,
            labels: labels, links: links, alertCount: group.alertCount, lastSeenAt: group.lastAlertAt)
    }

    /// The resolve that its expiry stands for.
    var expiry: IncomingAlert {
        IncomingAlert(
            integrationID: integrationID,
            event: AlertEvent(
                source: source, dedupKey: dedupKey, action: .resolve, severity: severity, service: service, team: team, title: title,
                description: description, labels: labels, links: links, startsAt: startsAt, raw: raw),
            isExpiry: true)
    }
}
