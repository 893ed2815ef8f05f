package import Contracts

/// An event with its sender, as the planner takes it.
package struct IncomingAlert: Sendable, Hashable {
    package let integrationID: IntegrationID
    package let event: AlertEvent
    /// Whether our own clock says this, not the sender: counts only while the alert has not been sent again.
    package let isExpiry: Bool

    package init(integrationID: IntegrationID, event: AlertEvent, isExpiry: Bool = false) {
        self.integrationID = integrationID
        self.event = event
        self.isExpiry = isExpiry
    }

    package var key: AlertKey { AlertKey(integrationID: integrationID, dedupKey: event.dedupKey) }
}
