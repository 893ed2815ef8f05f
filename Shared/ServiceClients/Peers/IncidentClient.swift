import Auth
package import Contracts

/// Calls IncidentManagement.
package struct IncidentClient: Sendable, StandingSource, AccessKeySource {
    private let client: PeerClient

    package init(_ client: PeerClient) { self.client = client }

    /// Hands over what happened to alerts; idempotent by event id, answered per item.
    package func alertEvents(_ batch: AlertEventBatch, deadline: Duration = .seconds(10)) async throws(ClientError) -> AlertEventAnswers {
        try await client.post(InternalPath.alertEvents, batch, as: AlertEventAnswers.self, deadline: deadline)
    }

    /// Asks once whether an attempt may begin; repeating for up to 2 s is the caller's rule (architecture 4.1, Permit).
    package func permit(
        _ question: PermitQuestion, deadline: Duration = .seconds(1), retries: Int = 0
    ) async throws(ClientError) -> PermitAnswer {
        try await client.post(
            InternalPath.permit, question, as: PermitAnswer.self, idempotencyKey: question.attemptID.description, deadline: deadline,
            retries: retries
        )
    }

    /// Tells what became of a page; idempotent by page, epoch and result.
    package func outcomes(_ outcomes: [PageOutcome], deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.outcomes, PageOutcomeBatch(items: outcomes), deadline: deadline)
    }

    /// Which accounts are behind these addresses or names.
    package func users(_ question: RecipientQuestion, deadline: Duration = PeerClient.deadline) async throws(ClientError) -> RecipientAnswer
    {
        try await client.post(InternalPath.recipients, question, as: RecipientAnswer.self, deadline: deadline, retries: 1)
    }

    /// Has people paged about an incident; idempotent by escalation id.
    package func escalate(
        _ order: EscalationOrder, deadline: Duration = PeerClient.deadline
    ) async throws(ClientError) -> EscalationOrderAnswer {
        try await client.post(
            InternalPath.escalationOrders, order, as: EscalationOrderAnswer.self, idempotencyKey: order.escalationID.description,
            deadline: deadline, retries: 2
        )
    }

    package func standing(of question: StandingQuestion) async throws -> Standing {
        try await client.post(InternalPath.standing, question, as: Standing.self, deadline: .seconds(1), retries: 1)
    }

    package func jwks() async throws -> String {
        try await client.text(InternalPath.jwks, retries: 1)
    }
}
