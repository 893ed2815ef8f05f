package import Auth
package import Contracts
package import ServiceClients

/// IncidentManagement as far as this daemon needs it; a protocol, because tests are it themselves.
package protocol IncidentGateway: StandingSource, AccessKeySource {
    /// Hands events over and hears what became of each.
    func deliver(_ batch: AlertEventBatch) async throws(ClientError) -> AlertEventAnswers
}

extension IncidentClient: IncidentGateway {
    package func deliver(_ batch: AlertEventBatch) async throws(ClientError) -> AlertEventAnswers {
        try await alertEvents(batch)
    }
}
