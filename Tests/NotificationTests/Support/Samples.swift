import Auth
import Contracts
import Foundation
import Notification

/// Values that tests start from.
enum Samples {
    static let now = Date(timeIntervalSince1970: 1_795_240_304)
    static let alice = UserID(rawValue: UUID(uuidString: "01960000-0000-7000-8000-00000000a11c") ?? UUID())
    static let bob = UserID(rawValue: UUID(uuidString: "01960000-0000-7000-8000-000000000b0b") ?? UUID())
    static let text = PageText(
        subject: "High error rate", body: "HTTP 5xx > 10 %", incidentNumber: 42, severity: .high, service: "checkout",
        link: "https://tocsin.example.org/incidents/42")

    static func recipient(_ user: UserID? = alice, name: String = "Alice", email: String = "alice@example.org") -> Recipient {
        Recipient(userID: user, name: name, email: email, role: "primary", reason: "rotation")
    }

    static func page(
        _ id: PageID? = nil, kind: PageMessage.Kind = .page, incident: IncidentID? = IncidentID.make(at: now), epoch: Int? = 1,
        recipient: Recipient = recipient(), channels: [ChannelKind]? = nil, at now: Date = now, lifetime: TimeInterval = 1_800,
        traceparent: TraceParent? = nil
    ) -> NewPage {
        let message = PageMessage(
            pageID: id ?? .make(at: now), firingID: .make(at: now), kind: kind, incidentID: incident, epoch: epoch, recipient: recipient,
            urgency: .high, channels: channels, message: text, expiresAt: now.addingTimeInterval(lifetime), traceparent: traceparent)
        return NewPage(message, requestedBy: "daemon:incident-management")
    }

    static func method(
        _ kind: ChannelKind, _ address: String, user: UserID = alice, isEnabled: Bool = true
    ) -> ContactMethod {
        ContactMethod(id: .make(at: now), userID: user, kind: kind, address: address, isEnabled: isEnabled, createdAt: now)
    }

    static func rule(_ channel: ChannelKind, after minutes: Int, user: UserID = alice) -> NotificationRule {
        NotificationRule(id: .make(at: now), userID: user, channel: channel, delayMinutes: minutes, createdAt: now)
    }

    static func message(
        to address: String = "alice@example.org", name: String = "Alice", text: PageText = text, secret: Secret? = nil
    ) -> OutgoingMessage {
        OutgoingMessage(
            deliveryID: DeliveryID("01960000-0000-7000-8000-000000000001") ?? .make(at: now),
            pageID: PageID("01960000-0000-7000-8000-000000000002") ?? .make(at: now), kind: .page,
            incidentID: IncidentID("01960000-0000-7000-8000-000000000003"), recipientName: name, address: address, text: text,
            urgency: .high, createdAt: now, signingSecret: secret)
    }
}
