/// What can be wrong with a request that is well-formed.
package enum OnCallError: Error, Sendable, Hashable {
    case unknownTeam
    /// The team exists, but nobody takes turns for it.
    case noSchedule
    case noOverride
    case teamExists
    case noPrimary
    case unknownMember(String)
    case tooManyMembers
    /// Somebody else changed the schedule since the caller read it.
    case versionMoved
}
