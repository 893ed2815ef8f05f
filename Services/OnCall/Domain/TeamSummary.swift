/// A team as the list of teams shows it.
package struct TeamSummary: Sendable, Hashable {
    package let team: String
    package let membersCount: Int
    /// Nil for a team without a schedule, and for one whose schedule has layers.
    package let rotation: RotationKind?
    package let hasLayers: Bool
    package let hasOverride: Bool
}
