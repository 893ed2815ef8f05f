package import Contracts

/// When a policy applies: inside a field any value may match, between fields all must; a field without values matches everything.
package struct PolicyConditions: Codable, Sendable, Hashable {
    /// More values of one field are another way to organise teams.
    package static let valueLimit = 100

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
        /// Nil when what is stored cannot be read: whatever it matches goes to the default.
        package let policy: EscalationPolicy?
        /// What people call it.
        package let name: String

        package init(conditions: PolicyConditions, policy: EscalationPolicy?, name: String? = nil) {
            self.conditions = conditions
            self.policy = policy
            self.name = name ?? policy?.name ?? ""
        }
    }

    /// The policy for an incident.
    package struct Choice: Sendable, Hashable {
        package let policy: EscalationPolicy
        /// The name of the policy that should have taken the incident and cannot be read.
        package let unreadable: String?
    }

    package let entries: [Entry]
    package let fallback: EscalationPolicy
    /// The name of the stored default, where that is what cannot be read.
    package let unreadableFallback: String?

    package init(entries: [Entry] = [], fallback: EscalationPolicy = .standard, unreadableFallback: String? = nil) {
        self.entries = entries
        self.fallback = fallback
        self.unreadableFallback = unreadableFallback
    }

    package func choice(severity: Severity, service: String, team: String?) -> Choice {
        guard let entry = entries.first(where: { $0.conditions.match(severity: severity, service: service, team: team) }) else {
            return Choice(policy: fallback, unreadable: unreadableFallback)
        }
        guard let policy = entry.policy else { return Choice(policy: fallback, unreadable: entry.name) }
        return Choice(policy: policy, unreadable: nil)
    }

    package func policy(severity: Severity, service: String, team: String?) -> EscalationPolicy {
        choice(severity: severity, service: service, team: team).policy
    }

    /// The policy for an incident as it is now.
    package func choice(for incident: Incident) -> Choice {
        choice(severity: incident.severity, service: incident.service, team: incident.team)
    }
}
