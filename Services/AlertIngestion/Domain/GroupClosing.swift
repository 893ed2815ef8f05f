import Contracts
package import Foundation

/// What closing a group does to its alerts: those IncidentManagement was told of fall silent, the others open a new incident.
package struct GroupClosing: Sendable, Hashable {
    /// Known to the person who closed the incident: their re-sends are absorbed.
    package let muted: [OpenAlert]
    /// Never told: they would be lost with the group.
    package let moved: [OpenAlert]
    /// The group of the moved alerts; nil when there are none.
    package let successor: OpenGroup?

    /// - Parameters:
    ///   - alerts: all open alerts of the group.
    ///   - toldUpTo: the last `group_seq` that IncidentManagement took in before the end of the incident.
    package init(_ group: OpenGroup, alerts: [OpenAlert], toldUpTo: Int, at now: Date) {
        let firing = alerts.filter { $0.mutedAt == nil }
        let untold = firing.filter { $0.toldBySeq > toldUpTo }
        muted = firing.filter { $0.toldBySeq <= toldUpTo }.map { alert in
            var alert = alert
            alert.mutedAt = now
            return alert
        }
        guard let latest = untold.max(by: { $0.lastSeenAt < $1.lastSeenAt }) else {
            moved = []
            successor = nil
            return
        }
        let incidentID = IncidentID.make(at: now)
        moved = untold.map { alert in
            var alert = alert
            alert.incidentID = incidentID
            alert.toldBySeq = 1
            return alert
        }
        successor = OpenGroup(
            incidentID: incidentID, correlationKey: group.correlationKey, isAccepting: group.isAccepting, groupSeq: 1,
            alertCount: untold.reduce(0) { $0 + $1.count }, firingCount: untold.count,
            severity: untold.map(\.severity).max() ?? group.severity, openedAt: now, lastAlertAt: latest.lastSeenAt,
            latestAlertID: latest.alertID
        )
    }
}

/// What came of telling us that an incident has ended.
package enum CloseDecision: String, Sendable, Hashable, CaseIterable {
    case closed
    /// Closed, and alerts that nobody had been told of opened another incident.
    case closedAndReopened = "closed_and_reopened"
    /// Closed before, reopened since, or never ours.
    case notOpen = "not_open"
}
