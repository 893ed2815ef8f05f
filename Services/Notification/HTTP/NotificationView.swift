import Contracts
import Foundation

/// A notification as the API shows it.
struct NotificationView: Codable, Sendable {
    let notificationID: PageID
    let kind: PageMessage.Kind
    /// Our incident's id, or what the sender calls the incident.
    let incidentID: String?
    let userID: UserID?
    let recipient: String
    let subject: String
    let message: String
    let severity: Severity?
    let status: String
    let reason: String?
    let channel: ChannelKind?
    /// Whether a provider that is not configured was only pretended.
    let simulated: Bool
    let requestedBy: String
    let createdAt: Date
    let expiresAt: Date
    let settledAt: Date?
    /// Absent in lists.
    let deliveries: [DeliveryView]?

    init(_ record: NotificationRecord, deliveries: [DeliveryView]? = nil) {
        notificationID = record.id
        kind = record.kind
        incidentID = record.incidentID?.description ?? record.incidentReference
        userID = record.userID
        recipient = record.recipient
        subject = record.subject
        message = record.body
        severity = record.severity
        status = Self.word(for: record.state)
        reason = record.reason
        channel = record.channel
        simulated = record.reason == ChannelReason.simulated.rawValue
        requestedBy = record.requestedBy
        createdAt = record.createdAt
        expiresAt = record.expiresAt
        settledAt = record.settledAt
        self.deliveries = deliveries
    }

    /// The words clients know.
    static func word(for state: PageState) -> String {
        switch state {
        case .pending: "queued"
        case .sent: "sent"
        case .exhausted: "failed"
        case .expired: "expired"
        case .cancelled: "cancelled"
        }
    }

    /// The states behind a word of the `status` filter; nil for a word nobody knows.
    static func state(for word: String) -> PageState? {
        PageState(rawValue: word) ?? PageState.allCases.first { Self.word(for: $0) == word }
    }
}

struct DeliveryView: Codable, Sendable {
    let deliveryID: DeliveryID
    let channel: ChannelKind
    let address: String
    let status: String
    let reason: String?
    let dueAt: Date
    let settledAt: Date?
    let attempts: [AttemptView]

    init(_ record: DeliveryRecord, attempts: [AttemptRecord]) {
        deliveryID = record.id
        channel = record.channel
        address = record.address
        status = record.state.rawValue
        reason = record.reason
        dueAt = record.dueAt
        settledAt = record.settledAt
        self.attempts = attempts.map { AttemptView($0) }
    }
}

struct AttemptView: Codable, Sendable {
    let attemptID: AttemptID
    let number: Int
    let permit: String
    let status: String
    let reason: String?
    let providerID: String?
    let startedAt: Date
    let endedAt: Date?

    init(_ record: AttemptRecord) {
        attemptID = record.id
        number = record.number
        permit = record.permit
        status = record.state
        reason = record.reason
        providerID = record.providerID
        startedAt = record.startedAt
        endedAt = record.endedAt
    }
}
