package import Foundation

package enum DeliveryState: String, Sendable, CaseIterable {
    case queued, sent, failed, expired, cancelled
    /// Its attempts took their worker down with them; kept for a person to look at.
    case buried
}

/// What becomes of a delivery now, and why.
package enum DeliveryDecision: Sendable, Hashable {
    case sent(ChannelReason, permit: PermitStanding)
    /// Try again then; `othersNow` brings the page's later deliveries forward.
    case retry(at: Date, ChannelReason, othersNow: Bool)
    case failed(ChannelReason)
    /// Its page is of no use any more, or would be at the next attempt, which the page's other methods need not be.
    case expired
    case cancelled(CancelReason)
    case buried

    /// Temporary failures after which the page's later deliveries do not wait for their own time (reliability NOT-5).
    package static let patience = 2
    /// Seconds without an acceptance after which they do not wait either, those until the next attempt included (the same rule).
    package static let unacceptedLimit: Double = 10

    /// The decision after an attempt.
    ///
    /// - Parameters:
    ///   - tries: attempts made, this one included.
    ///   - took: from the attempt's begin to its result.
    ///   - chance: a random number in 0..<1 for the back-off.
    package static func after(
        _ result: ChannelResult, tries: Int, took: Duration, permit: PermitStanding, now: Date, expiresAt: Date, chance: Double
    ) -> DeliveryDecision {
        switch result {
        case .accepted(let reason, _):
            return .sent(reason, permit: permit)
        case .permanent(let reason):
            return .failed(reason)
        case .temporary(let reason, let asked):
            let delay = RetryDelay.seconds(afterTries: tries, asked: asked, chance: chance)
            let next = now.addingTimeInterval(delay)
            guard next < expiresAt else { return .expired }
            return .retry(at: next, reason, othersNow: tries >= patience || took / .seconds(1) + delay >= unacceptedLimit)
        }
    }

    package var state: DeliveryState {
        switch self {
        case .sent: .sent
        case .retry: .queued
        case .failed: .failed
        case .expired: .expired
        case .cancelled: .cancelled
        case .buried: .buried
        }
    }

    /// The word for the timeline, the log and the delivery row.
    package var reason: String {
        switch self {
        case .sent(_, permit: .unanswered): "sent_without_permit"
        case .sent(let reason, _), .retry(_, let reason, _), .failed(let reason): reason.rawValue
        case .expired: "expired"
        case .cancelled(let reason): reason.rawValue
        case .buried: "poison"
        }
    }

    /// Whether the page's other methods should not wait for their time.
    package var bringsOthersForward: Bool {
        switch self {
        case .failed, .buried, .expired, .retry(_, _, othersNow: true): true
        case .sent, .retry, .cancelled: false
        }
    }
}

/// How a delivery came by its right to be sent.
package enum PermitStanding: Sendable, Hashable {
    case notNeeded
    case granted
    /// IncidentManagement did not answer in time; silence would have lost the page.
    case unanswered
}
