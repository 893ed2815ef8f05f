package import Contracts
package import Foundation

/// Something that was changed on purpose, such as a deployment: what a person who looks at an incident asks for first. It pages nobody.
package struct ChangeEvent: Sendable, Hashable {
    package let id: ChangeEventID
    package let integrationID: IntegrationID
    package let summary: String
    /// The program or host that says so.
    package let source: String?
    /// What was changed; nil when neither the event nor its integration names a service.
    package let service: String?
    /// What else was said, as compact JSON with its numbers as they came.
    package let details: String?
    package let links: [AlertLink]
    /// The time the sender wrote on it; data, never used for a decision (reliability §5, 53).
    package let reportedAt: Date?
    package let receivedAt: Date

    package init(
        id: ChangeEventID, integrationID: IntegrationID, summary: String, source: String? = nil, service: String? = nil,
        details: String? = nil, links: [AlertLink] = [], reportedAt: Date? = nil, receivedAt: Date
    ) {
        self.id = id
        self.integrationID = integrationID
        self.summary = summary
        self.source = source
        self.service = service
        self.details = details
        self.links = links
        self.reportedAt = reportedAt
        self.receivedAt = receivedAt
    }
}

/// Bounds of what a change event may carry (style 12).
package enum ChangeLimits {
    /// PagerDuty's own bound (interop §1.4); a longer one is cut.
    package static let summaryCharacters = 1_024
    /// As long as a host name can be.
    package static let sourceCharacters = 255
    /// Beyond it somebody posts a build log; a page of 200 stays below 4 MB.
    package static let detailBytes = 16_384
}
