package import Auth
package import Contracts
package import ServiceClients

/// IncidentManagement as far as this daemon needs it; a protocol, because tests are it themselves.
package protocol IncidentGateway: StandingSource, AccessKeySource, PermitSource {
    /// The account behind an e-mail address or user name; nil for nobody.
    func known(_ handle: String) async throws(ClientError) -> KnownUser?
    /// Tells what became of pages.
    func report(_ outcomes: [PageOutcome]) async throws(ClientError)
}

extension IncidentClient: IncidentGateway {
    package func known(_ handle: String) async throws(ClientError) -> KnownUser? {
        try await users(RecipientQuestion(handles: [handle])).users[handle]
    }

    package func report(_ outcomes: [PageOutcome]) async throws(ClientError) {
        try await self.outcomes(outcomes)
    }

    package func permit(_ question: PermitQuestion, deadline: Duration) async throws -> PermitAnswer {
        try await permit(question, deadline: deadline, retries: 0)
    }
}
