/// What a channel made of one attempt; whether a retry can help is decided here, where the knowledge is.
package enum ChannelResult: Sendable, Hashable {
    /// The provider took the message; `providerID` is its own name for it, when it gave one.
    case accepted(ChannelReason, providerID: String? = nil)
    /// Another try may help, not before `retryAfter` when the provider said so.
    case temporary(ChannelReason, retryAfter: Duration? = nil)
    /// No retry can help: the next method is due now.
    case permanent(ChannelReason)

    package var reason: ChannelReason {
        switch self {
        case .accepted(let reason, _), .temporary(let reason, _), .permanent(let reason): reason
        }
    }

    /// The word for the attempt row: `accepted`, `temporary`, `permanent`.
    package var word: String {
        switch self {
        case .accepted: "accepted"
        case .temporary: "temporary"
        case .permanent: "permanent"
        }
    }
}
