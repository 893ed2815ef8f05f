/// What can be wrong with a request that is well-formed.
package enum OnCallError: Error, Sendable, Hashable {
    case unknownTeam
    /// The team exists, but nobody takes turns for it.
    case noSchedule
    case noOverride
    /// Two overrides would speak of one person at one time.
    case overrideConflict
    /// Two temporary schedules would share time.
    case temporaryConflict
    case noTemporary
    /// More is planned ahead than a team may have.
    case tooMuchAhead
    case teamExists
    case noPrimary
    case unknownMember(String)
    /// The schedule has layers, so its parts cannot be named as those of a plain one.
    case hasLayers
    case tooManyMembers
    /// Somebody else changed the schedule since the caller read it.
    case versionMoved
    /// The idempotency key came with another body before.
    case keyReused
}
