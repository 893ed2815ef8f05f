package import Contracts
package import Foundation

/// An alert that has fired and not resolved: a row of the small hot table whose unique key is the deduplication.
package struct OpenAlert: Sendable, Hashable {
    package let key: AlertKey
    package var alertID: AlertID
    package var incidentID: IncidentID
    package var severity: Severity
    package var firstSeenAt: Date
    package var lastSeenAt: Date
    /// The latest beginning any sender reported; two replicas of one Prometheus report slightly different ones.
    package var startsAt: Date?
    package var expiresAt: Date?
    /// How often it was reported as firing.
    package var count: Int
    /// The `group_seq` of the event that tells IncidentManagement of it.
    package var toldBySeq: Int
    /// Set when a person closed the incident while this still fired: re-sends are absorbed from then on.
    package var mutedAt: Date?

    package init(
        key: AlertKey, alertID: AlertID, incidentID: IncidentID, severity: Severity, firstSeenAt: Date, lastSeenAt: Date,
        startsAt: Date? = nil, expiresAt: Date? = nil, count: Int = 1, toldBySeq: Int = 1, mutedAt: Date? = nil
    ) {
        self.key = key
        self.alertID = alertID
        self.incidentID = incidentID
        self.severity = severity
        self.firstSeenAt = firstSeenAt
        self.lastSeenAt = lastSeenAt
        self.startsAt = startsAt
        self.expiresAt = expiresAt
        self.count = count
        self.toldBySeq = toldBySeq
        self.mutedAt = mutedAt
    }

    /// Whether a resolve is of an episode that was over before this one began; unknown times tell nothing.
    func began(after end: Date?) -> Bool {
        guard let end, let startsAt else { return false }
        return startsAt.timeIntervalSince(end) > MuteRule.tolerance
    }

    /// Notes one more report of the same alert.
    mutating func repeats(_ event: AlertEvent, at now: Date) {
        count += 1
        lastSeenAt = now
        severity = max(severity, event.severity)
        startsAt = [startsAt, event.startsAt].compactMap(\.self).max()
        expiresAt = event.expiresAt
    }
}
