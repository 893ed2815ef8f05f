import Contracts
package import Foundation

/// Decides what a batch of alerts does to the open alerts and groups: rows in, rows out, in the order the alerts came.
///
/// Give it every row the batch may touch, locked; take the ``changes()`` and write them in the same transaction. Equal keys within the batch
/// meet here, so no statement meets a key twice.
package struct AcceptPlanner {
    let now: Date
    let storedAlerts: [AlertKey: OpenAlert]
    let storedGroups: [IncidentID: OpenGroup]
    private(set) var alerts: [AlertKey: OpenAlert]
    private(set) var groups: [IncidentID: OpenGroup]
    private(set) var closedGroups: [IncidentID: OpenGroup] = [:]
    private var accepting: [CorrelationKey: IncidentID]
    private(set) var touched: Set<AlertKey> = []
    private(set) var records: [AlertRecord] = []
    private var recordIndex: [AlertID: Int] = [:]
    private(set) var ends: [AlertEnd] = []
    private(set) var announcements: [Announcement] = []

    /// An event for IncidentManagement, whose counts are filled in when the batch is through.
    struct Announcement {
        let kind: AlertEventMessage.Kind
        let incidentID: IncidentID
        let groupSeq: Int
        let alertID: AlertID
        let alert: IncomingAlert
    }

    package init(now: Date, alerts: [OpenAlert], groups: [OpenGroup]) {
        self.now = now
        storedAlerts = Dictionary(alerts.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        storedGroups = Dictionary(groups.map { ($0.incidentID, $0) }, uniquingKeysWith: { first, _ in first })
        self.alerts = storedAlerts
        self.groups = storedGroups
        accepting = Dictionary(
            groups.filter(\.isAccepting).map { ($0.correlationKey, $0.incidentID) }, uniquingKeysWith: { first, _ in first })
    }

    /// Takes one alert in and says what became of it.
    package mutating func accept(_ incoming: IncomingAlert) -> AcceptOutcome {
        switch incoming.event.action {
        case .trigger: trigger(incoming)
        case .resolve: resolve(incoming)
        }
    }

    private mutating func trigger(_ incoming: IncomingAlert) -> AcceptOutcome {
        let event = incoming.event
        guard var open = alerts[incoming.key] else { return correlate(incoming) }
        if let mutedAt = open.mutedAt {
            guard MuteRule.absorbs(event, into: open, mutedAt: mutedAt, at: now) else { return supersede(open, by: incoming) }
            open.lastSeenAt = now
            open.expiresAt = event.expiresAt
            store(open)
            return outcome(.absorbedAfterManualResolve, open)
        }
        guard var group = groups[open.incidentID] else { return supersede(open, by: incoming) }
        open.repeats(event, at: now)
        store(open)
        count(event, of: open.alertID, joins: false, in: &group)
        return outcome(.duplicateSuppressed, open)
    }

    /// The open alert belongs to the past: ends it and treats the report as a new alert.
    private mutating func supersede(_ open: OpenAlert, by incoming: IncomingAlert) -> AcceptOutcome {
        end(open, .superseded)
        return correlate(incoming)
    }

    private mutating func correlate(_ incoming: IncomingAlert) -> AcceptOutcome {
        let event = incoming.event
        let alertID = AlertID.make(at: now)
        let joined = joinableGroup(event.correlation)
        var group = joined ?? openGroup(for: incoming, alert: alertID)
        let isNew = storedGroups[group.incidentID] == nil
        group.firingCount += 1
        count(event, of: alertID, joins: true, in: &group)
        let open = OpenAlert(
            key: incoming.key, alertID: alertID, incidentID: group.incidentID, severity: event.severity, firstSeenAt: now, lastSeenAt: now,
            startsAt: event.startsAt, expiresAt: event.expiresAt, toldBySeq: isNew ? 1 : group.groupSeq + 1
        )
        store(open)
        recordIndex[alertID] = records.count
        records.append(
            AlertRecord(id: alertID, integrationID: incoming.integrationID, incidentID: group.incidentID, event: event, receivedAt: now))
        return outcome(joined == nil ? .createdNewIncident : .attachedToExistingIncident, open)
    }

    /// A group opened by this very batch is told with all its counts, so that no update is due.
    private mutating func count(_ event: AlertEvent, of alert: AlertID, joins: Bool, in group: inout OpenGroup) {
        group.counts(event, of: alert, joins: joins, at: now)
        if storedGroups[group.incidentID] == nil { group.updateDueAt = nil }
        groups[group.incidentID] = group
    }

    /// The group of that key that still takes alerts; one whose window has passed stops accepting here.
    private mutating func joinableGroup(_ key: CorrelationKey) -> OpenGroup? {
        guard let incidentID = accepting[key], var group = groups[incidentID] else { return nil }
        if key.window.isOpen(group, at: now) { return group }
        group.isAccepting = false
        groups[incidentID] = group
        accepting[key] = nil
        return nil
    }

    private mutating func openGroup(for incoming: IncomingAlert, alert: AlertID) -> OpenGroup {
        let event = incoming.event
        let group = OpenGroup(
            incidentID: IncidentID.make(at: now), correlationKey: event.correlation, groupSeq: 1, severity: event.severity, openedAt: now,
            lastAlertAt: now, latestAlertID: alert
        )
        accepting[event.correlation] = group.incidentID
        announcements.append(Announcement(kind: .open, incidentID: group.incidentID, groupSeq: 1, alertID: alert, alert: incoming))
        return group
    }

    private mutating func resolve(_ incoming: IncomingAlert) -> AcceptOutcome {
        guard let open = alerts[incoming.key] else {
            return AcceptOutcome(decision: .resolveWithoutOpen, dedupKey: incoming.key.dedupKey, alertID: nil, incidentID: nil)
        }
        if incoming.isExpiry, open.expiresAt.map({ $0 > now }) ?? true { return outcome(.expiryExtended, open) }
        if open.began(after: incoming.event.endedAt) { return outcome(.staleResolve, open) }
        end(open, incoming.isExpiry ? .expired : .resolved)
        guard open.mutedAt == nil, var group = groups[open.incidentID] else { return outcome(.resolvedAfterManualResolve, open) }
        group.firingCount -= 1
        groups[group.incidentID] = group
        guard group.firingCount <= 0 else { return outcome(.resolved, open) }
        close(group, with: incoming, of: open.alertID)
        return outcome(.resolvedIncident, open)
    }

    private mutating func close(_ group: OpenGroup, with incoming: IncomingAlert, of alert: AlertID) {
        var group = group
        group.groupSeq += 1
        groups[group.incidentID] = nil
        closedGroups[group.incidentID] = group
        if accepting[group.correlationKey] == group.incidentID { accepting[group.correlationKey] = nil }
        announcements.append(
            Announcement(kind: .resolve, incidentID: group.incidentID, groupSeq: group.groupSeq, alertID: alert, alert: incoming))
    }

    private mutating func end(_ open: OpenAlert, _ reason: AlertEnd.Reason) {
        touched.insert(open.key)
        alerts[open.key] = nil
        let end = AlertEnd(alertID: open.alertID, at: now, reason: reason, count: open.count)
        if let index = recordIndex[open.alertID] { records[index].end = end } else { ends.append(end) }
    }

    private mutating func store(_ open: OpenAlert) {
        touched.insert(open.key)
        alerts[open.key] = open
    }

    private func outcome(_ decision: AcceptDecision, _ open: OpenAlert) -> AcceptOutcome {
        AcceptOutcome(decision: decision, dedupKey: open.key.dedupKey, alertID: open.alertID, incidentID: open.incidentID)
    }
}
