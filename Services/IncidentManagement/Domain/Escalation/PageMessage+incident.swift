import Contracts
package import Foundation

extension PageMessage {
    /// How long a page is worth sending: past it the escalation has long moved on.
    package static let lifetime: TimeInterval = 30 * 60

    /// A page about an incident to one person.
    init(about incident: Incident, firing: FiringID, _ call: StepPlan.Call, publicURL: String, at now: Date) {
        let recipient = call.recipient
        let front = call.message.map { $0 + "\n\n" } ?? ""
        self.init(
            pageID: .make(at: now), firingID: firing, kind: .page, incidentID: incident.id, epoch: incident.escalation.epoch,
            recipient: recipient, urgency: incident.severity.urgency, channels: call.channels,
            message: PageText(
                about: incident,
                body: """
                    \(front)\(incident.severity.rawValue.uppercased()): \(incident.title)
                    Service: \(incident.service)
                    You are paged as \(recipient.role) (\(recipient.reason)).
                    """,
                publicURL: publicURL
            ),
            expiresAt: now + Self.lifetime, traceparent: incident.trace
        )
    }

    /// A call to a system that a policy names; an acknowledge does not take it back.
    init(about incident: Incident, firing: FiringID, calling url: String, publicURL: String, at now: Date) {
        self.init(
            pageID: .make(at: now), firingID: firing, kind: .notice, incidentID: incident.id, epoch: nil,
            recipient: Recipient(userID: nil, name: url, email: url, role: "webhook", reason: "policy"),
            urgency: incident.severity.urgency, channels: [.webhook],
            message: PageText(
                about: incident, body: "\(incident.severity.rawValue.uppercased()): \(incident.title)\nService: \(incident.service)",
                publicURL: publicURL
            ),
            expiresAt: now + Self.lifetime, traceparent: incident.trace
        )
    }
}

extension PageText {
    fileprivate init(about incident: Incident, body: String, publicURL: String) {
        let number = incident.number
        self.init(
            subject: "[INC-\(number)] \(incident.title)", body: body, incidentNumber: number, severity: incident.severity,
            service: incident.service, link: "\(publicURL)/incidents/\(number)"
        )
    }
}
