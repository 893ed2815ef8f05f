package import Contracts
import Foundation

/// A page as somebody asked for it.
package struct NewPage: Sendable, Hashable {
    package let message: PageMessage
    /// Where to, when the sender named an address of nobody we know; then nobody's rules apply.
    package let direct: PlannedDelivery?
    package let incidentReference: String?
    /// The actor, for the record.
    package let requestedBy: String

    package init(_ message: PageMessage, direct: PlannedDelivery? = nil, incidentReference: String? = nil, requestedBy: String) {
        self.message = message
        self.direct = direct
        self.incidentReference = incidentReference
        self.requestedBy = requestedBy
    }

    /// Whether every attempt needs a permit and a newer epoch kills it.
    package var needsPermit: Bool { message.kind == .page && message.incidentID != nil && message.epoch != nil }

    /// The same for every page to one person.
    package var recipientKey: String {
        message.recipient.userID.map { "user:\($0)" } ?? "address:" + message.recipient.email.lowercased()
    }

    /// The text without NUL, which PostgreSQL cannot hold, and without what would show it in another order than it is written in.
    package static func storable(_ text: String) -> String {
        let text = text.withoutDirectionControls
        return text.utf8.contains(0) ? text.replacingOccurrences(of: "\0", with: "") : text
    }
}
