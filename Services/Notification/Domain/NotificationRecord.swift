package import Contracts
package import Foundation

/// A promise and what became of it, as the record shows it.
package struct NotificationRecord: Sendable, Hashable {
    package let id: PageID
    package let kind: PageMessage.Kind
    package let incidentID: IncidentID?
    package let incidentReference: String?
    package let userID: UserID?
    package let recipient: String
    package let subject: String
    package let body: String
    package let severity: Severity?
    package let state: PageState
    package let reason: String?
    package let channel: ChannelKind?
    package let requestedBy: String
    package let createdAt: Date
    package let expiresAt: Date
    package let settledAt: Date?
}

package struct DeliveryRecord: Sendable, Hashable {
    package let id: DeliveryID
    package let channel: ChannelKind
    package let address: String
    package let state: DeliveryState
    package let reason: String?
    package let dueAt: Date
    package let settledAt: Date?
}

package struct AttemptRecord: Sendable, Hashable {
    package let id: AttemptID
    package let deliveryID: DeliveryID
    package let number: Int
    package let permit: String
    package let state: String
    package let reason: String?
    package let providerID: String?
    package let startedAt: Date
    package let endedAt: Date?
}
