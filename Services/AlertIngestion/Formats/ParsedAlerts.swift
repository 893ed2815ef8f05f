package import Contracts
package import Foundation

/// What a body turned out to be.
package struct ParsedAlerts: Sendable, Hashable {
    package var format: AlertFormat
    package var events: [AlertEvent]
    /// Items that could not be read: kept and shown, never a reason to refuse the others (architecture §4.1).
    package var quarantined: [QuarantinedItem]

    package init(format: AlertFormat, events: [AlertEvent], quarantined: [QuarantinedItem] = []) {
        self.format = format
        self.events = events
        self.quarantined = quarantined
    }
}

/// An alert of a batch that was set aside, with the reasons.
package struct QuarantinedItem: Sendable, Hashable {
    package let index: Int
    package let raw: String
    package let faults: [FieldFault]

    package init(index: Int, raw: String, faults: [FieldFault]) {
        self.index = index
        self.raw = raw
        self.faults = faults
    }
}

/// What the formats need to know besides the body.
package struct FormatContext: Sendable {
    package let integration: Integration
    package let now: Date
    package let digest: TextDigest

    package init(integration: Integration, now: Date, digest: @escaping TextDigest) {
        self.integration = integration
        self.now = now
        self.digest = digest
    }
}
