package import Contracts
package import Foundation

/// The body of our webhooks: `{"type","timestamp","data"}` as Standard Webhooks has it.
package struct WebhookBody: Codable, Sendable {
    package let type: String
    package let timestamp: Date
    package let data: Content

    package struct Content: Codable, Sendable {
        package let notificationID: PageID
        package let incidentID: IncidentID?
        package let incidentNumber: Int?
        package let severity: Severity?
        package let service: String?
        package let urgency: Urgency
        package let subject: String
        package let message: String
        package let link: String?
        package let recipient: String
    }

    package init(_ message: OutgoingMessage) {
        type =
            switch message.kind {
            case .page: "incident.page"
            case .followUp: "incident.follow_up"
            case .notice: "notice"
            }
        timestamp = message.createdAt
        data = Content(
            notificationID: message.pageID, incidentID: message.incidentID, incidentNumber: message.text.incidentNumber,
            severity: message.text.severity, service: message.text.service, urgency: message.urgency, subject: message.text.subject,
            message: message.text.body, link: message.text.link, recipient: message.recipientName
        )
    }
}
