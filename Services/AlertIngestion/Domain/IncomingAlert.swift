package import Contracts

/// An event with its sender, as the planner takes it.
package struct IncomingAlert: Sendable, Hashable {
    package let integrationID: IntegrationID
    package let event: AlertEvent
    /// Whether our own clock says this, not the sender: counts only while the alert has not been sent again.
    package let isExpiry: Bool
    /// Of the request that brought it; nil where our own clock did.
    package let trace: TraceParent?

    package init(integrationID: IntegrationID, event: AlertEvent, isExpiry: Bool = false, trace: TraceParent? = nil) {
        self.integrationID = integrationID
        self.event = event
        self.isExpiry = isExpiry
        self.trace = trace
    }

    package var key: AlertKey { AlertKey(integrationID: integrationID, dedupKey: event.dedupKey) }
}
