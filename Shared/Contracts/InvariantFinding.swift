/// How many rows break a rule that must always hold (I1 to I9), and how many of them were put right.
package struct InvariantFinding: Codable, Sendable, Hashable {
    /// `I1`, `I2`, …
    package let invariant: String
    package let violations: Int
    package let repaired: Int

    package init(_ invariant: String, violations: Int, repaired: Int = 0) {
        self.invariant = invariant
        self.violations = violations
        self.repaired = repaired
    }

    /// Two daemons' findings of one rule as one.
    package func and(_ other: InvariantFinding) -> InvariantFinding {
        InvariantFinding(invariant, violations: violations + other.violations, repaired: repaired + other.repaired)
    }
}

package struct InvariantReport: Codable, Sendable {
    package let items: [InvariantFinding]

    package init(items: [InvariantFinding]) {
        self.items = items
    }
}

/// What AlertIngestion accepted and has told IncidentManagement of (I8).
package struct AcceptedGroups: Codable, Sendable {
    /// Incidents looked at in a pass: those opened last, among which one that got lost a minute ago is.
    package static let limit = 1_000

    /// Those of open groups, the newest first.
    package let incidents: [IncidentID]
    /// Open alerts that belong to no group.
    package let orphans: Int

    package init(incidents: [IncidentID], orphans: Int) {
        self.incidents = incidents
        self.orphans = orphans
    }
}

/// Incidents that IncidentManagement was told of and does not have; what belongs to them has to open others.
package struct LostIncidents: Codable, Sendable {
    package let incidents: [IncidentID]

    package init(incidents: [IncidentID]) {
        self.incidents = incidents
    }
}

package struct LostIncidentsAnswer: Codable, Sendable {
    package let reopened: Int

    package init(reopened: Int) {
        self.reopened = reopened
    }
}
