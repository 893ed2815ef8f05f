import Contracts

/// Why a request of a person or program was not done.
package enum NotificationError: Error, Sendable, Hashable {
    case unknownNotification
    case unknownContactMethod
    case unknownRule
    /// Free addresses are an administrator's.
    case freeAddressNeedsAdmin
    /// Somebody else's contact methods and rules are an administrator's.
    case notYours
    /// The recipient cannot be looked up right now.
    case directoryUnavailable
    case notRetryable(PageState)
    case duplicateContactMethod
    case duplicateRule
    case idempotencyMismatch
}
