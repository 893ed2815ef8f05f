import Auth
import Contracts
import Foundation
import ServiceClients

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

    /// - Parameters:
    ///   - deliveries: nil in lists.
    ///   - caller: others than the person who was notified, and admins, are not shown what an address may keep secret.
    init(
        _ record: NotificationRecord, deliveries: [DeliveryRecord]? = nil, attempts: [DeliveryID: [AttemptRecord]] = [:],
        for caller: Principal
    ) {
        let isTheirs = record.userID.map { (try? Ownership.check($0, caller)) != nil } ?? caller.isAdmin
        notificationID = record.id
        kind = record.kind
        incidentID = record.incidentID?.description ?? record.incidentReference
        userID = record.userID
        recipient = isTheirs ? record.recipient : record.recipient.withoutPath
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
        self.deliveries = deliveries?.map { delivery in
            DeliveryView(
                delivery, address: isTheirs ? delivery.address : delivery.address.withoutPath, attempts: attempts[delivery.id] ?? [])
        }
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

    init(_ record: DeliveryRecord, address: String, attempts: [AttemptRecord]) {
        deliveryID = record.id
        channel = record.channel
        self.address = address
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

extension String {
    /// A URL as far as its host: webhooks carry tokens in path and query. Any other address as it is.
    fileprivate var withoutPath: String {
        guard contains("://") else { return self }
        guard let url = try? EgressURL(self) else { return "…" }
        return "\(prefix { $0 != ":" })://\(url.hostText)/…"
    }
}
