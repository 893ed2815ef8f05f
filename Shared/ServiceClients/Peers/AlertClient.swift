package import Contracts

/// Calls AlertIngestion.
package struct AlertClient: Sendable {
    private let client: PeerClient

    package init(_ client: PeerClient) { self.client = client }

    /// Says that a person ended an incident, so that its group closes.
    package func closed(_ message: IncidentClosed, deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.closed(message.incidentID), message, deadline: deadline)
    }

    /// What was accepted and told a while ago, for the auditor.
    package func acceptedGroups(deadline: Duration = .seconds(5)) async throws(ClientError) -> AcceptedGroups {
        try await client.get(InternalPath.acceptedGroups, as: AcceptedGroups.self, deadline: deadline)
    }

    /// Says that incidents are not there although they were told, so that their alerts open others.
    package func lost(_ incidents: LostIncidents, deadline: Duration = .seconds(10)) async throws(ClientError) -> LostIncidentsAnswer {
        try await client.post(InternalPath.lostIncidents, incidents, as: LostIncidentsAnswer.self, deadline: deadline)
    }

    /// Says that a person reopened an incident, so that its group takes up again what still fires.
    package func reopened(_ message: IncidentReopened, deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.reopened(message.incidentID), message, deadline: deadline)
    }
}
