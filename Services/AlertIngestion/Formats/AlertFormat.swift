package import Contracts

/// The bodies that one URL understands, told apart by their shape (interop §0.2).
package enum AlertFormat: String, Sendable, CaseIterable {
    case native
    case alertmanagerWebhook = "alertmanager_webhook"
    case postableAlerts = "postable_alerts"

    /// The format of a body at the sniffing endpoint.
    package init(sniffing body: JSONValue) {
        if body.array != nil {
            self = .postableAlerts
        } else if body["alerts"] != nil, body["groupKey"] != nil || body["version"] != nil {
            self = .alertmanagerWebhook
        } else {
            self = .native
        }
    }

    /// Reads a body of this format.
    /// - Throws: `InvalidFields` when nothing of it can be used; ``TooManyAlerts`` beyond ``AlertLimits/batch``.
    package func parse(_ body: JSONValue, _ context: FormatContext) throws -> ParsedAlerts {
        switch self {
        case .native: ParsedAlerts(format: self, events: [try NativeFormat.parse(body, context)])
        case .alertmanagerWebhook: try AlertmanagerWebhookFormat.parse(body, context)
        case .postableAlerts: try PostableAlertsFormat.parse(body, context)
        }
    }
}

/// A batch beyond ``AlertLimits/batch``; becomes a 413.
package struct TooManyAlerts: Error, Sendable, Hashable {
    package let count: Int
}
