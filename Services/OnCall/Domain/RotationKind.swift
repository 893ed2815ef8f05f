/// How long a shift is, in days of the wall clock.
package enum RotationKind: String, Codable, Sendable, CaseIterable {
    case daily, weekly, biweekly

    package var days: Int {
        switch self {
        case .daily: 1
        case .weekly: 7
        case .biweekly: 14
        }
    }

    /// Daily rotations hand over every day, so a day of the week means nothing to them.
    package var hasHandoffDay: Bool { self != .daily }
}
