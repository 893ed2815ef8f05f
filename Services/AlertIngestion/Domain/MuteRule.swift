package import Foundation

/// When an alert that outlived its incident may open another one (architecture §4.1, Closing).
package enum MuteRule {
    /// For senders that do not say when the alert began: how long after the manual close a trigger is still taken for a re-send.
    package static let reopenWindow: TimeInterval = 1_800
    /// Beginnings closer than this are the same: PostgreSQL and Swift round microseconds differently.
    package static let tolerance: TimeInterval = 0.001
    /// A muted alert not heard of for this long is forgotten.
    package static let memory: TimeInterval = 86_400

    /// Whether this report is a re-send of the episode a person already closed.
    package static func absorbs(_ event: AlertEvent, into alert: OpenAlert, mutedAt: Date, at now: Date) -> Bool {
        if let startsAt = event.startsAt, let known = alert.startsAt { return startsAt.timeIntervalSince(known) <= tolerance }
        if let startsAt = event.startsAt { return startsAt <= mutedAt }
        return now.timeIntervalSince(mutedAt) <= reopenWindow
    }
}
