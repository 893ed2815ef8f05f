package import Contracts
package import Foundation

/// One incident: what happened, where it stands, and the running state of its escalation.
///
/// A value: it changes only through ``apply(_:by:at:)`` and the escalation functions, and is written back under the row's lock.
package struct Incident: Sendable, Hashable, Identifiable {
    package let id: IncidentID
    /// The short number people say; given by the database, 0 before that.
    package var number: Int
    package var title: String
    package var description: String?
    package var status: IncidentStatus
    package var severity: Severity
    package var priority: String?
    package var incidentType: String?
    package let source: IncidentView.Source
    package var service: String
    package var team: String?
    package var assignees: [String]
    package let createdBy: String?
    package let createdAt: Date
    package var updatedAt: Date
    package var acknowledgement: Action?
    package var resolution: Action?
    package var notificationStatus: NotificationStatus
    package var alertCount: Int
    /// The `group_seq` of the last alert event taken in; 0 for an incident that a person declared.
    package var groupSeq: Int
    /// The worst its group has said so far: only what is worse than that raises the severity, which people and policies may have lowered since. Nil for
    /// one that a person declared.
    package var toldSeverity: Severity?
    package var labels: [String: String]
    package var links: [AlertLink]
    /// Rises by one with every change but counts of repeats; the ETag.
    package var version: Int
    package var isDeleted: Bool
    /// Of the request that declared it, or a span of ours in the trace of the alert that opened it: what is done for it goes on from here.
    package let trace: TraceParent?
    package var escalation: Escalation

    /// Who did something, and when.
    package struct Action: Sendable, Hashable {
        package let actor: String
        package let at: Date

        package init(actor: String, at: Date) {
            self.actor = actor
            self.at = at
        }
    }

    package init(
        id: IncidentID, number: Int = 0, title: String, description: String? = nil, status: IncidentStatus = .open, severity: Severity,
        priority: String? = nil, incidentType: String? = nil, source: IncidentView.Source, service: String, team: String? = nil,
        assignees: [String] = [], createdBy: String? = nil, createdAt: Date, updatedAt: Date? = nil, acknowledgement: Action? = nil,
        resolution: Action? = nil, notificationStatus: NotificationStatus = .none, alertCount: Int = 0, groupSeq: Int = 0,
        toldSeverity: Severity? = nil, labels: [String: String] = [:], links: [AlertLink] = [], version: Int = 1, isDeleted: Bool = false,
        trace: TraceParent? = nil, escalation: Escalation
    ) {
        self.id = id
        self.number = number
        self.title = title
        self.description = description
        self.status = status
        self.severity = severity
        self.priority = priority
        self.incidentType = incidentType
        self.source = source
        self.service = service
        self.team = team
        self.assignees = assignees
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.acknowledgement = acknowledgement
        self.resolution = resolution
        self.notificationStatus = notificationStatus
        self.alertCount = alertCount
        self.groupSeq = groupSeq
        self.toldSeverity = toldSeverity
        self.labels = labels
        self.links = links
        self.version = version
        self.isDeleted = isDeleted
        self.trace = trace
        self.escalation = escalation
    }
}
