/// How bad it is, worst first in order.
package enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
    case critical, high, medium, low

    /// 0 is the worst.
    package var rank: Int {
        switch self {
        case .critical: 0
        case .high: 1
        case .medium: 2
        case .low: 3
        }
    }

    /// The lesser severity is the smaller value: `.low < .critical`.
    package static func < (left: Severity, right: Severity) -> Bool { left.rank > right.rank }

    package var urgency: Urgency { self >= .high ? .high : .low }
}

/// Whether somebody should be woken.
package enum Urgency: String, Codable, Sendable, CaseIterable {
    case high, low
}
