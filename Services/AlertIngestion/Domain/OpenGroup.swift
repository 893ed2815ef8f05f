package import Contracts
package import Foundation

/// The alerts of one open incident, as a row of the hot table; its lock orders everything that is told about the incident.
package struct OpenGroup: Sendable, Hashable {
    package let incidentID: IncidentID
    package let correlationKey: CorrelationKey
    /// Whether new alerts of the key join; at most one group of a key accepts.
    package var isAccepting: Bool
    /// The number of the last event written to the outbox; contiguous from 1.
    package var groupSeq: Int
    /// Reports in the group so far, repeats included.
    package var alertCount: Int
    /// Alerts that have not resolved; the incident resolves at 0.
    package var firingCount: Int
    package var severity: Severity
    package let openedAt: Date
    package var lastAlertAt: Date
    /// The latest alert, in whose words the incident is updated.
    package var latestAlertID: AlertID
    /// When the merged `update` event is due; nil when nothing happened since the last event.
    package var updateDueAt: Date?

    package init(
        incidentID: IncidentID, correlationKey: CorrelationKey, isAccepting: Bool = true, groupSeq: Int = 0, alertCount: Int = 0,
        firingCount: Int = 0, severity: Severity, openedAt: Date, lastAlertAt: Date, latestAlertID: AlertID, updateDueAt: Date? = nil
    ) {
        self.incidentID = incidentID
        self.correlationKey = correlationKey
        self.isAccepting = isAccepting
        self.groupSeq = groupSeq
        self.alertCount = alertCount
        self.firingCount = firingCount
        self.severity = severity
        self.openedAt = openedAt
        self.lastAlertAt = lastAlertAt
        self.latestAlertID = latestAlertID
        self.updateDueAt = updateDueAt
    }

    /// How long joins are merged before the incident hears of them, so that a storm is a handful of calls.
    package static let updateMergeWindow: TimeInterval = 1

    /// The longest that reports of alerts that are in the group already are merged: Alertmanager's `group_interval`, and long beside the minute in
    /// which most senders repeat. Nothing but a number moves by them, and an alert may fire for weeks.
    package static let longestRepeatWindow: TimeInterval = 300

    /// How long they are merged in a group of that age: half of it, so that whoever looks at a new incident sees its number move.
    package static func repeatWindow(openFor age: TimeInterval) -> TimeInterval {
        min(max(age / 2, updateMergeWindow), longestRepeatWindow)
    }

    /// Counts one report of a firing alert and makes an `update` due, at once when it is worse than all before; one that is due sooner stays.
    mutating func counts(_ event: AlertEvent, of alert: AlertID, joins: Bool, at now: Date) {
        let isWorse = event.severity > severity
        alertCount += 1
        lastAlertAt = now
        latestAlertID = alert
        severity = max(severity, event.severity)
        let window = joins ? Self.updateMergeWindow : Self.repeatWindow(openFor: now.timeIntervalSince(openedAt))
        let due = isWorse ? now : now.addingTimeInterval(window)
        updateDueAt = min(updateDueAt ?? due, due)
    }
}
