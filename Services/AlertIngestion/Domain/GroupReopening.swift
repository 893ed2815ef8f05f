import Contracts

/// What reopening an incident does to the alerts that fell silent with its end.
package struct GroupReopening: Sendable, Hashable {
    package let group: OpenGroup
    /// They count as firing again, and as told.
    package let alerts: [OpenAlert]

    /// - Parameters:
    ///   - closed: the group as it was when its incident ended.
    ///   - alerts: all open alerts of the incident, which are muted.
    ///   - groupSeq: the number after which the incident expects its next event.
    /// - Returns: Nil when nothing fires any more: then there is nothing that monitoring could resolve, and new alerts open an incident anew.
    package init?(_ closed: OpenGroup, alerts: [OpenAlert], groupSeq: Int) {
        guard let latest = alerts.max(by: { $0.lastSeenAt < $1.lastSeenAt }) else { return nil }
        var group = closed
        group.groupSeq = groupSeq
        group.firingCount = alerts.count
        group.lastAlertAt = max(closed.lastAlertAt, latest.lastSeenAt)
        group.latestAlertID = latest.alertID
        // What joined while the end was on its way may have been told in vain: the incident hears severity and count once more.
        group.updateDueAt = group.lastAlertAt
        self.group = group
        self.alerts = alerts.map { alert in
            var alert = alert
            alert.mutedAt = nil
            alert.toldBySeq = groupSeq
            return alert
        }
    }
}

/// What came of telling us that an incident was reopened.
package enum ReopenDecision: String, Sendable, Hashable, CaseIterable {
    case reopened
    /// All of its alerts have stopped since.
    case nothingFires = "nothing_fires"
    /// Nothing is kept of it: monitoring resolved it, or it was reopened before.
    case notClosed = "not_closed"
}
