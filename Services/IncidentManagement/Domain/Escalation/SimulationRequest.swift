package import Contracts
package import Foundation

/// A what-if: which alert, when, and by which policy.
package struct SimulationRequest: Sendable, Hashable {
    /// Whose steps are gone through.
    package enum Choice: Sendable, Hashable {
        /// A policy that need not be saved.
        case given(EscalationPolicy)
        case saved(PolicyID)
        /// Whichever would take the alert.
        case matching
    }

    package let title: String
    package let service: String
    package let severity: Severity
    package let team: String?
    package let assignees: [String]
    /// Alerts that have joined, for steps that count them.
    package let alertCount: Int
    /// Nil is now.
    package let at: Date?
    package let choice: Choice

    /// - Throws: `InvalidFields`.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        if fields.value("alert") == nil { fields.fault("alert", "is required") }
        let alert = fields.nested("alert") { fields in
            (
                title: fields.optionalText("title", 1...255), service: fields.text("service", 1...255),
                severity: fields.choice("severity", Severity.self) ?? .low, team: fields.optionalText("team", 1...255),
                assignee: fields.optionalText("assigned_to", 1...255), count: fields.optionalInteger("alert_count", StepGate.alertRange)
            )
        }
        at = fields.optionalTime("at")
        let saved = fields.optionalID("policy_id", PolicyID.self)
        var given: EscalationPolicy?
        if let policy = fields.value("policy") {
            do {
                given = try PolicyDraft(policy, at: fields.pointer("policy")).policy
            } catch {
                fields.absorb(error.faults)
            }
            if saved != nil { fields.fault("policy_id", "either a policy or the id of one") }
        }
        choice = given.map { .given($0) } ?? saved.map { .saved($0) } ?? .matching
        title = alert?.title ?? "what if"
        service = alert?.service ?? ""
        severity = alert?.severity ?? .low
        team = alert?.team
        assignees = [alert?.assignee].compactMap(\.self)
        alertCount = alert?.count ?? 1
        try fields.finish()
    }

    /// The incident the alert would open.
    package func incident(_ policy: EscalationPolicy, team known: String?, at now: Date) -> Incident {
        Incident(
            id: .make(at: now), title: title, severity: severity, source: .monitoring, service: service, team: team ?? known,
            assignees: assignees, createdAt: now, alertCount: alertCount,
            escalation: .starting(policy.directed(to: assignees), at: now)
        )
    }
}
