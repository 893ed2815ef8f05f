/// What can be wrong with a request about time off.
package enum TimeOffError: Error, Sendable, Hashable {
    case noTimeOff
    case noFeed
    /// It is somebody else's, and the caller entered it not.
    case notTheirs
    /// It is covered already, or somebody else is on call then.
    case noConflict
    /// Nobody is free, or the one who was named is not.
    case coverBusy
    /// The account of the one who was named is disabled: their pages would go to the fallback.
    case coverDisabled
    /// The calendars tell of more days than one answer reckons with.
    case tooManyHolidays
    /// A URL would have to be kept, and there is no key to encrypt it under.
    case noSecretsKey
    /// One word of a closed set.
    case unreadable(String)
}
