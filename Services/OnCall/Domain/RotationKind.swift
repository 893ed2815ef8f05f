/// The cadences of plain schedules, by their names in the API.
package enum RotationKind: String, Codable, Sendable, CaseIterable {
    case daily, weekly, biweekly

    /// Daily rotations hand over every day, so a day of the week means nothing to them.
    package var hasHandoffDay: Bool { self != .daily }
}
