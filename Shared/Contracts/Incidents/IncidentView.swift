package import Foundation

/// An incident as every endpoint shows it, in lists too.
package struct IncidentView: Codable, Sendable, Hashable {
    package enum Source: String, Codable, Sendable, CaseIterable { case `operator`, monitoring, partner }

    package var id: IncidentID
    package var number: Int
    package var title: String
    package var description: String?
    package var status: IncidentStatus
    package var severity: Severity
    package var priority: String?
    package var urgency: Urgency
    package var incidentType: String?
    package var source: Source
    package var service: String
    package var team: String?
    package var assignedTo: String?
    package var assignees: [String]
    package var createdBy: String?
    package var createdAt: Date
    package var updatedAt: Date
    package var acknowledgedAt: Date?
    package var acknowledgedBy: String?
    package var resolvedAt: Date?
    package var resolvedBy: String?
    package var snoozedUntil: Date?
    package var notificationStatus: NotificationStatus
    package var alertCount: Int
    package var epoch: Int
    package var labels: [String: String]
    package var links: [AlertLink]
    package var version: Int

    package init(
        id: IncidentID, number: Int, title: String, description: String?, status: IncidentStatus, severity: Severity, priority: String?,
        urgency: Urgency, incidentType: String?, source: Source, service: String, team: String?, assignedTo: String?, assignees: [String],
        createdBy: String?, createdAt: Date, updatedAt: Date, acknowledgedAt: Date?, acknowledgedBy: String?, resolvedAt: Date?,
        resolvedBy: String?, snoozedUntil: Date?, notificationStatus: NotificationStatus, alertCount: Int, epoch: Int,
        labels: [String: String], links: [AlertLink], version: Int
    ) {
        self.id = id
        self.number = number
        self.title = title
        self.description = description
        self.status = status
        self.severity = severity
        self.priority = priority
        self.urgency = urgency
        self.incidentType = incidentType
        self.source = source
        self.service = service
        self.team = team
        self.assignedTo = assignedTo
        self.assignees = assignees
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.acknowledgedAt = acknowledgedAt
        self.acknowledgedBy = acknowledgedBy
        self.resolvedAt = resolvedAt
        self.resolvedBy = resolvedBy
        self.snoozedUntil = snoozedUntil
        self.notificationStatus = notificationStatus
        self.alertCount = alertCount
        self.epoch = epoch
        self.labels = labels
        self.links = links
        self.version = version
    }
}
