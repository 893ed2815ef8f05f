package import Foundation

/// What AlertIngestion tells IncidentManagement about one incident; idempotent by `eventID`, in order by `groupSeq` (1, 2, 3, …).
package struct AlertEventMessage: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable { case open, update, resolve }

    package let eventID: AlertEventID
    package let incidentID: IncidentID
    package let groupSeq: Int
    package let kind: Kind
    package let alert: AlertSummary

    package init(eventID: AlertEventID, incidentID: IncidentID, groupSeq: Int, kind: Kind, alert: AlertSummary) {
        self.eventID = eventID
        self.incidentID = incidentID
        self.groupSeq = groupSeq
        self.kind = kind
        self.alert = alert
    }
}

/// The group's state in the words of its latest alert, as an incident needs it.
package struct AlertSummary: Codable, Sendable, Hashable {
    package let alertID: AlertID
    package let title: String
    package let description: String?
    package let service: String
    package let team: String?
    /// The highest severity seen in the group.
    package let severity: Severity
    package let source: String
    package let labels: [String: String]
    package let links: [AlertLink]
    /// Alerts in the group so far, repeats included.
    package let alertCount: Int
    package let lastSeenAt: Date

    package init(
        alertID: AlertID, title: String, description: String?, service: String, team: String?, severity: Severity, source: String,
        labels: [String: String], links: [AlertLink], alertCount: Int, lastSeenAt: Date
    ) {
        self.alertID = alertID
        self.title = title
        self.description = description
        self.service = service
        self.team = team
        self.severity = severity
        self.source = source
        self.labels = labels
        self.links = links
        self.alertCount = alertCount
        self.lastSeenAt = lastSeenAt
    }
}

package struct AlertLink: Codable, Sendable, Hashable {
    package let href: String
    package let text: String?

    package init(href: String, text: String? = nil) {
        self.href = href
        self.text = text
    }
}

package struct AlertEventBatch: Codable, Sendable {
    /// Items a request may carry: what one transaction on the other side handles within its deadline.
    package static let limit = 200
    package let items: [AlertEventMessage]

    package init(items: [AlertEventMessage]) {
        self.items = items
    }
}

package struct AlertEventAnswer: Codable, Sendable, Hashable {
    package enum Verdict: String, Codable, Sendable {
        case accepted, duplicate
        /// Somebody resolved or deleted the incident meanwhile: close the group and correlate anew.
        case closed
        /// An earlier event of this incident has not arrived: send it first.
        case outOfOrder = "out_of_order"
    }

    package let eventID: AlertEventID
    package let verdict: Verdict

    package init(eventID: AlertEventID, verdict: Verdict) {
        self.eventID = eventID
        self.verdict = verdict
    }
}

package struct AlertEventAnswers: Codable, Sendable {
    package let items: [AlertEventAnswer]

    package init(items: [AlertEventAnswer]) {
        self.items = items
    }
}

/// IncidentManagement tells AlertIngestion that a person ended an incident.
package struct IncidentClosed: Codable, Sendable {
    package enum Reason: String, Codable, Sendable { case resolved, merged, deleted }
    package let incidentID: IncidentID
    package let reason: Reason
    package let closedAt: Date

    package init(incidentID: IncidentID, reason: Reason, closedAt: Date) {
        self.incidentID = incidentID
        self.reason = reason
        self.closedAt = closedAt
    }
}
