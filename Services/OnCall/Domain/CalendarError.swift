/// Why a calendar is not to be had.
package enum CalendarError: Error, Sendable, Hashable {
    /// Never made, revoked, not the caller's, or its owner's account has ended: the answer is the same.
    case unknown
    case tooMany
}
