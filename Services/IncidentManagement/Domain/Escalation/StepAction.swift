package import Contracts

/// One thing a step does.
package enum StepAction: Sendable, Hashable {
    case notify(Notify)
    /// Makes whomever the targets lead to the assignees.
    case assign([StepTarget])
    case setSeverity(Severity)
    /// Moves the incident on; what it leads to ends the escalation.
    case setStatus(IncidentStatus)
    /// Calls a URL; nobody is paged by it, and it does not count as reaching somebody.
    case webhook(String)

    package struct Notify: Sendable, Hashable {
        /// What goes in front of the page's text, in characters.
        package static let messageLimit = 500

        package let targets: [StepTarget]
        /// Only these channels; nil lets the person's own rules decide.
        package let channels: [ChannelKind]?
        package let message: String?
        /// One of the people in turn instead of all of them.
        package let isRoundRobin: Bool

        package init(targets: [StepTarget], channels: [ChannelKind]? = nil, message: String? = nil, isRoundRobin: Bool = false) {
            self.targets = targets
            self.channels = channels
            self.message = message
            self.isRoundRobin = isRoundRobin
        }
    }

    package enum Kind: String, Codable, Sendable, CaseIterable {
        case notify, assign, webhook
        case setSeverity = "set_severity"
        case setStatus = "set_status"
    }
}

extension StepAction: Codable {
    private enum CodingKeys: String, CodingKey { case type, targets, channels, message, roundRobin, severity, status, url }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .notify:
            self = .notify(
                Notify(
                    targets: try container.decode([StepTarget].self, forKey: .targets),
                    channels: try container.decodeIfPresent([ChannelKind].self, forKey: .channels),
                    message: try container.decodeIfPresent(String.self, forKey: .message),
                    isRoundRobin: try container.decodeIfPresent(Bool.self, forKey: .roundRobin) ?? false
                ))
        case .assign: self = .assign(try container.decode([StepTarget].self, forKey: .targets))
        case .setSeverity: self = .setSeverity(try container.decode(Severity.self, forKey: .severity))
        case .setStatus: self = .setStatus(try container.decode(IncidentStatus.self, forKey: .status))
        case .webhook: self = .webhook(try container.decode(String.self, forKey: .url))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .notify(let notify):
            try container.encode(Kind.notify, forKey: .type)
            try container.encode(notify.targets, forKey: .targets)
            try container.encodeIfPresent(notify.channels, forKey: .channels)
            try container.encodeIfPresent(notify.message, forKey: .message)
            if notify.isRoundRobin { try container.encode(true, forKey: .roundRobin) }
        case .assign(let targets):
            try container.encode(Kind.assign, forKey: .type)
            try container.encode(targets, forKey: .targets)
        case .setSeverity(let severity):
            try container.encode(Kind.setSeverity, forKey: .type)
            try container.encode(severity, forKey: .severity)
        case .setStatus(let status):
            try container.encode(Kind.setStatus, forKey: .type)
            try container.encode(status, forKey: .status)
        case .webhook(let url):
            try container.encode(Kind.webhook, forKey: .type)
            try container.encode(url, forKey: .url)
        }
    }
}
