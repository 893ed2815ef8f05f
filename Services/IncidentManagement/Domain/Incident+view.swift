package import Contracts

extension Incident {
    /// The incident as the API shows it.
    package var view: IncidentView {
        IncidentView(
            id: id, number: number, title: title, description: description, status: status, severity: severity, priority: priority,
            urgency: severity.urgency, incidentType: incidentType, source: source, service: service, team: team,
            assignedTo: assignees.first,
            assignees: assignees, createdBy: createdBy, createdAt: createdAt, updatedAt: updatedAt, acknowledgedAt: acknowledgement?.at,
            acknowledgedBy: acknowledgement?.actor, resolvedAt: resolution?.at, resolvedBy: resolution?.actor, snoozedUntil: nil,
            notificationStatus: notificationStatus, alertCount: alertCount, epoch: escalation.epoch, labels: labels, links: links,
            version: version
        )
    }
}
