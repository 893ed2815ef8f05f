package import Foundation

/// What AlertIngestion tells IncidentManagement about one incident; idempotent by `eventID`, in order by `groupSeq` (1, 2, 3, …).
///
/// An incident that is reopened goes on in the next series of numbers (1,000,001, 1,000,002, …), so that neither side takes what was on its
/// way before for what comes after.
package struct AlertEventMessage: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable { case open, update, resolve }

    /// Numbers of a series: at one update a second they last for eleven days, and going on into the next one harms nothing.
    private static let series = 1_000_000

    /// The number that stands before the first of the series of `groupSeq`.
    package static func seriesStart(of groupSeq: Int) -> Int { groupSeq / series * series }

    /// The same of the series after that of `groupSeq`.
    package static func nextSeries(after groupSeq: Int) -> Int { seriesStart(of: groupSeq) + series }

    package let eventID: AlertEventID
    package let incidentID: IncidentID
    package let groupSeq: Int
    package let kind: Kind
    /// Alerts that joined since the event before and still fire, without repeats; nil from a release that does not say it, and of a
    /// resolve.
    package let joined: Int?
    package let alert: AlertSummary
    /// Of the request that brought the alert which opened or ended the group; nil in merged news, and from a release that does not say it.
    package let traceparent: TraceParent?

    package init(
        eventID: AlertEventID, incidentID: IncidentID, groupSeq: Int, kind: Kind, joined: Int? = nil, alert: AlertSummary,
        traceparent: TraceParent? = nil
    ) {
        self.eventID = eventID
        self.incidentID = incidentID
        self.groupSeq = groupSeq
        self.kind = kind
        self.joined = joined
        self.alert = alert
        self.traceparent = traceparent
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
    /// Reports of alerts in the group so far, repeats included.
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
    /// The last event the incident had taken in, so that an end told late does not count after a reopening; nil in rows of before it was said.
    package let groupSeq: Int?
    package let closedAt: Date

    package init(incidentID: IncidentID, reason: Reason, groupSeq: Int? = nil, closedAt: Date) {
        self.incidentID = incidentID
        self.reason = reason
        self.groupSeq = groupSeq
        self.closedAt = closedAt
    }
}

/// IncidentManagement tells AlertIngestion that a person took the end of an incident back.
package struct IncidentReopened: Codable, Sendable {
    package let incidentID: IncidentID
    /// The number after which the incident expects its next event: the beginning of a new series.
    package let groupSeq: Int
    package let reopenedAt: Date

    package init(incidentID: IncidentID, groupSeq: Int, reopenedAt: Date) {
        self.incidentID = incidentID
        self.groupSeq = groupSeq
        self.reopenedAt = reopenedAt
    }
}
