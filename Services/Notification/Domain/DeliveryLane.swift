package import Contracts

/// Deliveries that share a worker's slots: a slow webhook must not keep a mail waiting.
package enum DeliveryLane: String, Sendable, CaseIterable {
    case mail, web

    package init(_ channel: ChannelKind) {
        self = channel == .email ? .mail : .web
    }
}

extension DeliveryLane {
    /// The doorbell channel of its workers.
    package var channel: String { "delivery.\(rawValue)" }
}
