package import Contracts

/// Calls AlertIngestion.
package struct AlertClient: Sendable {
    private let client: PeerClient

    package init(_ client: PeerClient) { self.client = client }

    /// Says that a person ended an incident, so that its group closes.
    package func closed(_ message: IncidentClosed, deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.closed(message.incidentID), message, deadline: deadline)
    }
}
