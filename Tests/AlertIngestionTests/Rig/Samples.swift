import AlertIngestion
import Auth
import Contracts
import Foundation
import ServiceKit

enum Samples {
    static let start = Date(timeIntervalSince1970: 1_772_443_800)
    static let integrationID = IntegrationID(rawValue: UUID.version7(at: start))

    static func context(
        defaultSeverity: Severity = .medium, service: String? = nil, team: String? = nil, now: Date = start
    ) -> FormatContext {
        FormatContext(
            integration: Integration(
                id: integrationID, name: "sample", defaultSeverity: defaultSeverity, service: service, team: team, createdAt: start),
            now: now, digest: IntegrationKey.digest)
    }

    /// A firing alert of `checkout`, by its key.
    static func event(
        _ key: String = "a", _ action: AlertEvent.Action = .trigger, severity: Severity = .high, service: String = "checkout",
        startsAt: Date? = nil, expiresAt: Date? = nil, endedAt: Date? = nil, correlation: CorrelationKey? = nil
    ) -> AlertEvent {
        AlertEvent(
            source: "test", dedupKey: DedupKey(rawValue: key), action: action, severity: severity, service: service, title: "Alert \(key)",
            labels: ["key": key], startsAt: startsAt, expiresAt: expiresAt, endedAt: endedAt, correlation: correlation)
    }

    static func incoming(_ event: AlertEvent, of integration: IntegrationID = integrationID) -> IncomingAlert {
        IncomingAlert(integrationID: integration, event: event)
    }

    static func submission(_ events: [AlertEvent], format: AlertFormat = .native, idempotency: RequestKey? = nil) -> Submission {
        Submission(alerts: events.map { incoming($0) }, integrationID: integrationID, format: format, idempotency: idempotency)
    }
}

/// Drives the planner as the store does: what one step leaves is what the next finds.
struct PlannerRun {
    var alerts: [OpenAlert] = []
    var groups: [OpenGroup] = []
    private(set) var events: [AlertEventMessage] = []

    @discardableResult
    mutating func accept(_ events: [AlertEvent], at now: Date, isExpiry: Bool = false) -> [AcceptOutcome] {
        var planner = AcceptPlanner(now: now, alerts: alerts, groups: groups)
        let outcomes = events.map {
            planner.accept(IncomingAlert(integrationID: Samples.integrationID, event: $0, isExpiry: isExpiry))
        }
        apply(planner.changes())
        return outcomes
    }

    mutating func apply(_ changes: AcceptChanges) {
        let replaced = Set((changes.insertedAlerts + changes.updatedAlerts).map(\.key)).union(changes.deletedAlerts)
        alerts = alerts.filter { !replaced.contains($0.key) } + changes.insertedAlerts + changes.updatedAlerts
        let changed = Set((changes.insertedGroups + changes.updatedGroups).map(\.incidentID)).union(changes.deletedGroups)
        groups = groups.filter { !changed.contains($0.incidentID) } + changes.insertedGroups + changes.updatedGroups
        events += changes.events
    }

    /// As a person's resolve does to a group whose events have all been told.
    mutating func closeByPerson(_ incident: IncidentID, at now: Date) {
        guard let group = groups.first(where: { $0.incidentID == incident }) else { return }
        let closing = GroupClosing(
            group, alerts: alerts.filter { $0.incidentID == incident }, toldUpTo: group.groupSeq, at: now)
        let changed = Set((closing.muted + closing.moved).map(\.key))
        alerts = alerts.filter { !changed.contains($0.key) } + closing.muted + closing.moved
        groups = groups.filter { $0.incidentID != incident } + [closing.successor].compactMap(\.self)
    }
}
