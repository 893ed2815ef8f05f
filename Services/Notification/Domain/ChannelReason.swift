/// Why a channel accepted or refused a message: the word in the log, on the metric and in the attempt row.
///
/// Closed, because it labels metrics, and never a provider's own text, because that may carry anything.
package enum ChannelReason: String, Sendable, CaseIterable {
    case smtpAccepted = "smtp_accepted"
    case webhookAccepted = "webhook_accepted"
    case simulated

    case timeout
    case connectionFailed = "connection_failed"
    case tlsFailed = "tls_failed"
    case rateLimited = "rate_limited"
    case tryLater = "try_later"
    case serverError = "server_error"
    case smtpTemporary = "smtp_temporary"
    /// The signing secret is under a key that this replica was not given; another one may have it.
    case secretKeyUnknown = "secret_key_unknown"
    /// The daemon stopped before the provider answered.
    case interrupted

    case smtpRejected = "smtp_rejected"
    case unauthorized
    case gone
    case redirected
    case clientError = "client_error"
    case addressNotAllowed = "address_not_allowed"
    case invalidAddress = "invalid_address"
    case contactMethodGone = "contact_method_gone"
    /// The stored signing secret was altered or belongs to another row.
    case secretBroken = "secret_broken"
    case channelUnconfigured = "channel_unconfigured"
}
