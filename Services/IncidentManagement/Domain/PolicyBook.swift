package import Contracts

/// When a policy applies: inside a field any value may match, between fields all must; a field without values matches everything.
package struct PolicyConditions: Codable, Sendable, Hashable {
    package let severities: [Severity]?
    package let services: [String]?
    package let teams: [String]?

    package init(severities: [Severity]? = nil, services: [String]? = nil, teams: [String]? = nil) {
        self.severities = severities
        self.services = services
        self.teams = teams
    }

    package func match(severity: Severity, service: String, team: String?) -> Bool {
        (severities ?? []).accepts(severity) && (services ?? []).accepts(service) && (teams ?? []).accepts(team ?? "")
    }
}

extension [Severity] {
    fileprivate func accepts(_ value: Severity) -> Bool { isEmpty || contains(value) }
}

extension [String] {
    fileprivate func accepts(_ value: String) -> Bool { isEmpty || contains(value) }
}

/// The active policies in their order; the first whose conditions match an incident wins, else the default.
package struct PolicyBook: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let conditions: PolicyConditions
        package let policy: EscalationPolicy

        package init(conditions: PolicyConditions, policy: EscalationPolicy) {
            self.conditions = conditions
            self.policy = policy
        }
    }

    package let entries: [Entry]
    package let fallback: EscalationPolicy

    package init(entries: [Entry] = [], fallback: EscalationPolicy = .standard) {
        self.entries = entries
        self.fallback = fallback
    }

    package func policy(severity: Severity, service: String, team: String?) -> EscalationPolicy {
        entries.first { $0.conditions.match(severity: severity, service: service, team: team) }?.policy ?? fallback
    }
}
