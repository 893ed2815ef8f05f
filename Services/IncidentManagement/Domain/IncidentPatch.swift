package import Contracts

/// What a person changes of an incident: fields, and with `status` its state.
package struct IncidentPatch: Sendable, Hashable {
    private let status: IncidentStatus?
    package let notes: String?
    private let assignees: [String]?
    private let title: String?
    private let description: String?
    private let severity: Severity?
    private let priority: String?
    private let service: String?
    private let team: String?

    /// - Throws: `InvalidFields`.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        let status = fields.optionalText("status", 1...20)
        self.status = status.flatMap(IncidentStatus.init(lenient:))
        if status != nil, self.status == nil { fields.fault("status", "must be open, acknowledged, investigating or resolved") }
        notes = fields.optionalText("notes", 1...TimelineEntry.noteLimit)
        assignees = fields.optionalText("assigned_to", 1...255).map { [$0] }
        title = fields.has("title") ? fields.meaningfulText("title", 1...255) : nil
        description = fields.optionalMeaningfulText("description", 1...10_000)
        severity = fields.optionalChoice("severity", Severity.self)
        priority = fields.optionalText("priority", 1...20)
        service = fields.optionalText("service", 1...255)
        team = fields.optionalText("team", 1...255)
        try fields.finish()
    }

    /// The events that lead to the people and the state asked for.
    ///
    /// A resolved incident is reopened first, for nobody is assigned to what is over; any other is given away before it is resolved.
    package func events(from incident: Incident) -> [IncidentEvent] {
        let given = assignees.map { IncidentEvent.reassign(to: $0) }
        let reached = status.map { IncidentEvent(reaching: $0, from: incident.status, note: nil) }
        return (incident.status == .resolved ? [reached, given] : [given, reached]).compactMap(\.self)
    }

    /// Writes the fields that differ.
    /// - Returns: field → `old → new`, for the record.
    package func apply(to incident: inout Incident) -> [String: String] {
        var changes: [String: String] = [:]
        func set<Value: Equatable>(_ field: String, _ path: WritableKeyPath<Incident, Value>, _ new: Value?, text: (Value) -> String) {
            guard let new, incident[keyPath: path] != new else { return }
            changes[field] = "\(text(incident[keyPath: path])) → \(text(new))"
            incident[keyPath: path] = new
        }
        set("title", \.title, title) { $0 }
        set("severity", \.severity, severity) { $0.rawValue }
        set("service", \.service, service) { $0 }
        set("description", \.description, description) { $0 ?? "" }
        set("priority", \.priority, priority) { $0 ?? "" }
        set("team", \.team, team) { $0 ?? "" }
        return changes
    }
}
