package import Contracts
package import Foundation

/// One statement of a monitoring tool about one alert, after its format has been read: normalised, bounded, and from here on trusted.
package struct AlertEvent: Sendable, Hashable {
    package enum Action: String, Sendable { case trigger, resolve }

    /// The program that sent it, such as `alertmanager`.
    package var source: String
    package var dedupKey: DedupKey
    package var action: Action
    package var severity: Severity
    package var service: String
    package var team: String?
    package var title: String
    package var description: String?
    package var labels: [String: String]
    package var links: [AlertLink]
    /// When this episode of the alert began, for senders that repeat it unchanged with every re-send; nil for all others.
    package var startsAt: Date?
    /// When the alert resolves by itself unless it is sent again; nil when only a resolve ends it.
    package var expiresAt: Date?
    /// When the episode that a resolve ends was over, from senders that repeat it; nil for all others.
    package var endedAt: Date?
    /// The time the sender wrote on it; data, never used for a decision (reliability §5, 53).
    package var reportedAt: Date?
    package var correlation: CorrelationKey
    /// What was sent, as compact JSON.
    package var raw: String

    package init(
        source: String, dedupKey: DedupKey, action: Action = .trigger, severity: Severity, service: String, team: String? = nil,
        title: String, description: String? = nil, labels: [String: String] = [:], links: [AlertLink] = [], startsAt: Date? = nil,
        expiresAt: Date? = nil, endedAt: Date? = nil, reportedAt: Date? = nil, correlation: CorrelationKey? = nil, raw: String = "{}"
    ) {
        self.source = source
        self.dedupKey = dedupKey
        self.action = action
        self.severity = severity
        self.service = service
        self.team = team
        self.title = title
        self.description = description
        self.labels = labels
        self.links = links
        self.startsAt = startsAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
        self.reportedAt = reportedAt
        self.correlation = correlation ?? .service(service, severity)
        self.raw = raw
    }
}
