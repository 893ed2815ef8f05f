package import Contracts

/// I8: whatever AlertIngestion accepted and has told of is an incident here. What is not is told again, as another one.
package struct AcceptedAlertAudit: Sendable {
    private let accepted: @Sendable () async throws -> AcceptedGroups
    private let reopen: @Sendable (LostIncidents) async throws -> LostIncidentsAnswer
    private let incidents: IncidentStore

    package init(
        accepted: @escaping @Sendable () async throws -> AcceptedGroups,
        reopen: @escaping @Sendable (LostIncidents) async throws -> LostIncidentsAnswer, incidents: IncidentStore
    ) {
        self.accepted = accepted
        self.reopen = reopen
        self.incidents = incidents
    }

    package func inspect() async throws -> InvariantFinding {
        let groups = try await accepted()
        let lost = try await incidents.missing(of: groups.incidents)
        let reopened = lost.isEmpty ? 0 : try await reopen(LostIncidents(incidents: lost)).reopened
        return InvariantFinding("I8", violations: lost.count + groups.orphans, repaired: reopened)
    }
}
