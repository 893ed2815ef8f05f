/// Figures for the overview.
package struct OnCallStatistics: Sendable, Hashable, Encodable {
    package let teams: Int
    package let schedules: Int
    package let members: Int
    package let activeOverrides: Int
    package let escalations: Int
    /// Escalations that found nobody on call.
    package let escalationsToNobody: Int
}
