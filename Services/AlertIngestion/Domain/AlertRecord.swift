package import Contracts
package import Foundation

/// An alert as it is kept for good: written once when it fires and once more when it ends.
package struct AlertRecord: Sendable, Hashable {
    package let id: AlertID
    package let integrationID: IntegrationID
    package let incidentID: IncidentID
    package let event: AlertEvent
    package let receivedAt: Date
    package var end: AlertEnd?

    package init(
        id: AlertID, integrationID: IntegrationID, incidentID: IncidentID, event: AlertEvent, receivedAt: Date, end: AlertEnd? = nil
    ) {
        self.id = id
        self.integrationID = integrationID
        self.incidentID = incidentID
        self.event = event
        self.receivedAt = receivedAt
        self.end = end
    }
}

/// How an alert ended.
package struct AlertEnd: Sendable, Hashable {
    package enum Reason: String, Sendable, CaseIterable {
        /// Its sender said so.
        case resolved
        /// Its sender fell silent past `endsAt`.
        case expired
        /// A person had closed the incident; it fired again later under a new one.
        case superseded
    }

    package let alertID: AlertID
    package let at: Date
    package let reason: Reason
    package let count: Int

    package init(alertID: AlertID, at: Date, reason: Reason, count: Int) {
        self.alertID = alertID
        self.at = at
        self.reason = reason
        self.count = count
    }
}
