import Contracts
import Foundation
import IncidentManagement

extension Date {
    /// A Monday noon in UTC.
    static let example = Date(timeIntervalSince1970: 1_772_452_800)
}

extension Incident {
    /// An incident brought into a state by alice, all within the first minute.
    static func example(in status: IncidentStatus = .open, policy: EscalationPolicy = .standard) throws -> Incident {
        var incident = Incident(
            id: .make(at: .example), title: "Checkout is down", severity: .high, source: .operator, service: "checkout", team: "payments",
            createdBy: "alice", createdAt: .example, escalation: .starting(policy, at: .example)
        )
        switch status {
        case .open: break
        case .acknowledged: _ = try incident.apply(.acknowledge, by: "alice", at: .example)
        case .investigating: _ = try incident.apply(.investigate, by: "alice", at: .example)
        case .resolved: _ = try incident.apply(.resolve(note: nil), by: "alice", at: .example)
        }
        return incident
    }
}

extension AlertEventMessage {
    static func example(
        _ incident: IncidentID = .make(at: .example), kind: Kind = .open, seq: Int = 1, severity: Severity = .high,
        service: String = "checkout",
        team: String? = "payments", joined: Int? = nil, count: Int? = nil, traceparent: TraceParent? = nil
    ) -> AlertEventMessage {
        AlertEventMessage(
            eventID: .make(at: .example), incidentID: incident, groupSeq: seq, kind: kind, joined: joined,
            alert: AlertSummary(
                alertID: .make(at: .example), title: "p99 above 2 s", description: nil, service: service, team: team, severity: severity,
                source: "prometheus", labels: ["region": "eu"], links: [], alertCount: count ?? seq, lastSeenAt: .example
            ),
            traceparent: traceparent
        )
    }
}
