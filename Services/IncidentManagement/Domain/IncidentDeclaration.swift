package import Contracts
package import Foundation

/// What a person sends to declare an incident.
package struct IncidentDeclaration: Sendable, Hashable {
    package let title: String
    package let description: String?
    package let severity: Severity
    package let service: String
    package let team: String?
    package let assignees: [String]
    package let priority: String?
    package let incidentType: String?
    package let source: IncidentView.Source
    package let labels: [String: String]

    /// The service of an incident that names only a team.
    package static let generalService = "general"

    /// Reads and checks a body, collecting every fault.
    /// - Throws: `InvalidFields`.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        title = fields.meaningfulText("title", 1...255)
        let description = fields.optionalMeaningfulText("description", 1...10_000)
        let message = fields.optionalMeaningfulText("incident_message", 5...1_000)
        self.description = description ?? message
        severity = fields.choice("severity", Severity.self) ?? .low
        let service = fields.optionalText("service", 1...255)
        team = fields.optionalText("team", 1...255)
        if service == nil, team == nil { fields.fault("service", "is required unless team is given") }
        self.service = service ?? Self.generalService
        assignees = [fields.optionalText("assigned_to", 1...255)].compactMap(\.self)
        priority = fields.optionalText("priority", 1...20)
        incidentType = fields.optionalText("incident_type", 1...100)
        source = fields.optionalChoice("source", IncidentView.Source.self) ?? .operator
        labels = fields.stringMap("labels", atMost: 64, bytes: 1_024)
        if let status = fields.optionalText("status", 1...20), IncidentStatus(lenient: status) != .open {
            fields.fault("status", "an incident is declared open")
        }
        try fields.finish()
    }

    package func incident(
        by actor: String, policies: PolicyBook, team known: String?, trace: TraceParent? = nil, at now: Date
    ) -> Incident {
        let team = team ?? known
        let policy = policies.policy(severity: severity, service: service, team: team).directed(to: assignees)
        return Incident(
            id: .make(at: now), title: title, description: description, severity: severity, priority: priority, incidentType: incidentType,
            source: source, service: service, team: team, assignees: assignees, createdBy: actor, createdAt: now, labels: labels,
            trace: trace, escalation: .starting(policy, at: now)
        )
    }
}

extension FieldReader {
    /// Words that people type to try a form out; alone they say nothing.
    private static let meaningless: Set<String> = ["test", "none", "null"]

    mutating func meaningfulText(_ key: String, _ length: ClosedRange<Int>) -> String {
        let value = text(key, length)
        if Self.meaningless.contains(value.lowercased()) { fault(key, "says nothing: describe what is wrong") }
        return value
    }

    mutating func optionalMeaningfulText(_ key: String, _ length: ClosedRange<Int>) -> String? {
        let value = optionalText(key, length)
        if let value, Self.meaningless.contains(value.lowercased()) { fault(key, "says nothing: describe what is wrong") }
        return value
    }
}
