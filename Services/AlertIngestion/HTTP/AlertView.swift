import Contracts
import Foundation

/// An alert as the API shows it.
struct AlertView: Encodable, Sendable {
    let id: AlertID
    let incidentID: IncidentID
    let integrationID: IntegrationID
    let dedupKey: String
    let status: String
    let source: String
    let severity: Severity
    let service: String
    let team: String?
    let title: String
    let description: String?
    let labels: [String: String]
    let links: [AlertLink]
    let startsAt: Date?
    let reportedAt: Date?
    let receivedAt: Date
    let lastSeenAt: Date?
    let endedAt: Date?
    let endReason: String?
    /// When a person closed the incident while this still fired.
    let mutedAt: Date?
    /// How often it was reported as firing.
    let count: Int
    /// What was sent; only when one alert is asked for.
    let raw: JSONValue?

    init(_ alert: StoredAlert, raw: JSONValue?) {
        id = alert.id
        incidentID = alert.incidentID
        integrationID = alert.integrationID
        dedupKey = alert.dedupKey.rawValue
        status = (alert.endedAt == nil ? AlertFilter.Status.firing : .resolved).rawValue
        source = alert.source
        severity = alert.severity
        service = alert.service
        team = alert.team
        title = alert.title
        description = alert.description
        labels = alert.labels
        links = alert.links
        startsAt = alert.startsAt
        reportedAt = alert.reportedAt
        receivedAt = alert.receivedAt
        lastSeenAt = alert.lastSeenAt
        endedAt = alert.endedAt
        endReason = alert.endReason?.rawValue
        mutedAt = alert.mutedAt
        count = alert.count
        self.raw = raw
    }
}
