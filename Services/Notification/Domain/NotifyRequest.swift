package import Contracts
package import Foundation

/// `POST /api/v1/notify`: tell somebody something, outside of any escalation.
package struct NotifyRequest: Sendable, Hashable {
    /// Characters of a message: more belongs behind a link.
    package static let messageLength = 1...5_000
    /// Characters of a subject made of a message.
    static let subjectLimit = 120
    /// After this the message is of no use (reliability §4.4).
    package static let lifetime: TimeInterval = 30 * 60

    package let message: String
    package let subject: String
    package let channel: ChannelKind?
    package let severity: Severity?
    package let incident: IncidentID?
    /// What another system calls the incident.
    package let incidentReference: String?
    package let target: Target
    /// The request's own.
    package var trace: TraceParent?

    package enum Target: Sendable, Hashable {
        case user(UserID)
        /// An e-mail address, a user name, a URL: whoever sends it knows.
        case handle(String)
    }

    /// Throws ``InvalidFields`` with everything that is wrong.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        message = fields.text("message", Self.messageLength)
        let subject = fields.optionalText("subject", 1...255)
        channel = fields.optionalChoice("channel", ChannelKind.self)
        severity = fields.optionalChoice("severity", Severity.self)
        // A kind of notification in clients' own words; ours is always a notice.
        _ = fields.optionalText("type", 1...64)
        let reference = fields.optionalText("incident_id", 1...64)
        let user = fields.optionalID("user_id", UserID.self)
        let recipient = fields.optionalText("recipient", 1...ContactMethod.addressLimit)
        let handle = fields.optionalText("target", 1...ContactMethod.addressLimit) ?? recipient
        if user == nil, handle == nil, fields.value("user_id") == nil { fields.fault("recipient", "is required") }
        try fields.finish()
        self.subject = subject ?? Self.subject(of: message)
        incident = reference.flatMap { IncidentID($0) }
        incidentReference = incident == nil ? reference : nil
        target = user.map { .user($0) } ?? .handle(handle ?? "")
    }

    private static func subject(of message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? message
        return line.count <= subjectLimit ? line : line.prefix(subjectLimit - 1) + "…"
    }

    /// The page it makes for a recipient.
    package func page(to recipient: Recipient, direct: PlannedDelivery?, by actor: String, now: Date) -> NewPage {
        let text = PageText(subject: subject, body: message, incidentNumber: nil, severity: severity, service: nil, link: nil)
        let page = PageMessage(
            pageID: .make(at: now), firingID: nil, kind: .notice, incidentID: incident, epoch: nil, recipient: recipient,
            urgency: severity?.urgency ?? .low, channels: channel.map { [$0] }, message: text,
            expiresAt: now.addingTimeInterval(Self.lifetime), traceparent: trace
        )
        return NewPage(page, direct: direct, incidentReference: incidentReference, requestedBy: actor)
    }

    /// Where a handle of nobody we know leads by the request's channel, or by its own looks; nil when nowhere.
    package func direct(to handle: String) -> PlannedDelivery? {
        let isURL = handle.hasPrefix("https://") || handle.hasPrefix("http://")
        switch channel {
        case nil where isURL, .webhook where isURL: return PlannedDelivery(channel: .webhook, address: handle)
        case nil, .email: return MailAddress(handle).map { PlannedDelivery(channel: .email, address: $0.text) }
        case .webhook: return nil
        case .mock, .sms, .slack: return channel.map { PlannedDelivery(channel: $0, address: handle) }
        }
    }
}
