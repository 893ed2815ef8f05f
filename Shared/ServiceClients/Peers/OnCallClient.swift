package import Contracts

/// Calls OnCall.
package struct OnCallClient: Sendable {
    private let client: PeerClient

    package init(_ client: PeerClient) { self.client = client }

    /// Whom to page for this step, now; the answer given first for (incident, epoch, step, round) is the answer.
    ///
    /// Within 2 s in all, after which the engine uses the last answer or the fallback (architecture §4, step 4).
    package func escalate(
        _ question: EscalateQuestion, deadline: Duration = PeerClient.deadline
    ) async throws(ClientError) -> EscalateAnswer {
        try await client.post(
            InternalPath.escalate, question, as: EscalateAnswer.self, idempotencyKey: question.firingID.description, deadline: deadline,
            retries: 2
        )
    }
}
