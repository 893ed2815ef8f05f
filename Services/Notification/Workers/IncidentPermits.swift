package import Contracts
package import ServiceClients

/// Permits from IncidentManagement over HTTP.
package struct IncidentPermits: PermitSource {
    private let client: IncidentClient

    package init(_ client: IncidentClient) {
        self.client = client
    }

    package func permit(_ question: PermitQuestion, deadline: Duration) async throws -> PermitAnswer {
        try await client.permit(question, deadline: deadline)
    }
}
