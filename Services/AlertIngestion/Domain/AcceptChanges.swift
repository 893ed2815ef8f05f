package import Contracts
package import Foundation

/// What a batch writes, each list in the order in which its rows are locked.
package struct AcceptChanges: Sendable, Hashable {
    package var insertedAlerts: [OpenAlert] = []
    package var updatedAlerts: [OpenAlert] = []
    package var deletedAlerts: [AlertKey] = []
    package var insertedGroups: [OpenGroup] = []
    package var updatedGroups: [OpenGroup] = []
    package var deletedGroups: [IncidentID] = []
    package var records: [AlertRecord] = []
    package var ends: [AlertEnd] = []
    /// In the order in which they must be told.
    package var events: [AlertEventMessage] = []
}

extension AcceptPlanner {
    /// The difference between the rows given and the rows as they are now.
    package func changes() -> AcceptChanges {
        var changes = AcceptChanges()
        for key in touched.sorted() {
            switch (storedAlerts[key], alerts[key]) {
            case (nil, let alert?): changes.insertedAlerts.append(alert)
            case (_?, nil): changes.deletedAlerts.append(key)
            case (let stored?, let alert?) where stored != alert: changes.updatedAlerts.append(alert)
            default: break
            }
        }
        for group in groups.values {
            if let stored = storedGroups[group.incidentID] {
                if stored != group { changes.updatedGroups.append(group) }
            } else {
                changes.insertedGroups.append(group)
            }
        }
        changes.insertedGroups.sort { $0.correlationKey < $1.correlationKey }
        changes.updatedGroups.sort { $0.incidentID.rawValue < $1.incidentID.rawValue }
        changes.deletedGroups = closedGroups.keys.filter { storedGroups[$0] != nil }.sorted { $0.rawValue < $1.rawValue }
        changes.records = records
        changes.ends = ends
        changes.events = announcements.map(message)
        return changes
    }

    private func message(_ announcement: Announcement) -> AlertEventMessage {
        let event = announcement.alert.event
        let group = groups[announcement.incidentID] ?? closedGroups[announcement.incidentID]
        return AlertEventMessage(
            eventID: .make(at: now),
            incidentID: announcement.incidentID,
            groupSeq: announcement.groupSeq,
            kind: announcement.kind,
            joined: announcement.kind == .open ? max(1, group?.firingCount ?? 1) : nil,
            alert: AlertSummary(
                alertID: announcement.alertID, event: event, severity: group?.severity ?? event.severity,
                alertCount: group?.alertCount ?? 1, lastSeenAt: group?.lastAlertAt ?? now),
            traceparent: announcement.alert.trace
        )
    }
}

extension AlertSummary {
    /// The state of a group in the words of one of its alerts.
    package init(alertID: AlertID, event: AlertEvent, severity: Severity, alertCount: Int, lastSeenAt: Date) {
        self.init(
            alertID: alertID, title: event.title, description: event.description, service: event.service, team: event.team,
            severity: severity, source: event.source, labels: event.labels, links: event.links, alertCount: alertCount,
            lastSeenAt: lastSeenAt
        )
    }
}
