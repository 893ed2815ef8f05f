/// A team as the list of teams shows it.
package struct TeamSummary: Sendable, Hashable {
    package let team: String
    package let membersCount: Int
    /// Nil for a team without a schedule.
    package let rotation: RotationKind?
    package let hasOverride: Bool
}
