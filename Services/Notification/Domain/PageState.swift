package import Contracts

package enum PageState: String, Sendable, CaseIterable {
    case pending, sent, exhausted, expired, cancelled

    /// What the deliveries of a pending page make of it; nil while one of them may still reach somebody.
    ///
    /// A failure outweighs an expiry and an expiry a cancellation, because each is the louder news for the escalation. No delivery at all
    /// is `exhausted`.
    package static func conclusion(of deliveries: [DeliveryState]) -> PageState? {
        if deliveries.contains(.sent) { return .sent }
        if deliveries.contains(.queued) { return nil }
        if deliveries.contains(.failed) || deliveries.contains(.buried) || deliveries.isEmpty { return .exhausted }
        return deliveries.contains(.expired) ? .expired : .cancelled
    }

    /// The word IncidentManagement gets; nil while pending.
    package var outcome: PageOutcome.Result? {
        switch self {
        case .pending: nil
        case .sent: .sent
        case .exhausted: .exhausted
        case .expired: .expired
        case .cancelled: .cancelled
        }
    }
}
