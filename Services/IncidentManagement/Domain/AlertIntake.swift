package import Contracts
package import Foundation

/// What one alert event does to the incident it names; decided with the incident's row locked.
package enum AlertIntake: Sendable, Hashable {
    case open
    case update
    case resolve
    case refuse(AlertEventAnswer.Verdict)

    /// - Parameter incident: nil when no incident of that id exists yet.
    package static func decide(_ event: AlertEventMessage, incident: Incident?) -> AlertIntake {
        guard let incident else { return event.kind == .open && event.groupSeq == 1 ? .open : .refuse(.outOfOrder) }
        if event.groupSeq <= incident.groupSeq { return .refuse(.duplicate) }
        if incident.isDeleted || incident.status == .resolved { return .refuse(.closed) }
        if event.groupSeq > incident.groupSeq + 1 { return .refuse(.outOfOrder) }
        return event.kind == .resolve ? .resolve : .update
    }

    package var verdict: AlertEventAnswer.Verdict {
        if case .refuse(let verdict) = self { return verdict }
        return .accepted
    }
}

extension Incident {
    /// The incident that an opening alert makes.
    package init(opening event: AlertEventMessage, team: String?, policy: EscalationPolicy, at now: Date) {
        let alert = event.alert
        self.init(
            id: event.incidentID, title: alert.title, description: alert.description, severity: alert.severity, source: .monitoring,
            service: alert.service, team: alert.team ?? team, createdBy: alert.source, createdAt: now, alertCount: alert.alertCount,
            groupSeq: event.groupSeq, toldSeverity: alert.severity, labels: alert.labels, links: alert.links,
            trace: event.traceparent?.child, escalation: .starting(policy, at: now)
        )
    }

    /// Takes in what its group says now: the severity rises when the group got worse, and a mere repeat never undoes what somebody lowered.
    ///
    /// Repeats are counted and make no new version: they change nothing that an edit could overwrite, and as long as the alert fires they go on.
    @discardableResult
    package mutating func attach(_ event: AlertEventMessage, at now: Date) -> AlertNews {
        let news = AlertNews(event, to: self)
        groupSeq = event.groupSeq
        alertCount = max(alertCount, event.alert.alertCount)
        if event.alert.severity > worstTold { severity = max(severity, event.alert.severity) }
        toldSeverity = max(worstTold, event.alert.severity)
        if news != .repeated {
            updatedAt = now
            version += 1
        }
        return news
    }

    /// Incidents of before this was kept have only their severity to compare with.
    var worstTold: Severity { toldSeverity ?? severity }
}
