package import Foundation

/// How long a group goes on taking new alerts (behaviours §1.2, 8).
package struct CorrelationWindow: Sendable, Hashable {
    /// Counted from the last alert of the group and extended by each.
    package let rolling: TimeInterval
    /// Counted from the opening, never extended.
    package let total: TimeInterval

    package init(rolling: TimeInterval, total: TimeInterval) {
        self.rolling = rolling
        self.total = total
    }

    /// Five minutes since the last alert, a day at most.
    package static let usual = CorrelationWindow(rolling: 300, total: 86_400)
    /// Alertmanager groups by itself, so its group lasts as long as it fires.
    package static let untilResolved = CorrelationWindow(rolling: .infinity, total: .infinity)

    /// Whether a new alert at `now` still joins.
    package func isOpen(_ group: OpenGroup, at now: Date) -> Bool {
        now.timeIntervalSince(group.lastAlertAt) <= rolling && now.timeIntervalSince(group.openedAt) <= total
    }
}

extension CorrelationKey {
    /// The window of this kind of key.
    package var window: CorrelationWindow { rawValue.hasPrefix("am:") ? .untilResolved : .usual }
}
