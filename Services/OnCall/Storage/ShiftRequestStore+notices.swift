import Contracts
import Foundation
import Postgres
import WorkQueue

extension ShiftRequestStore {
    /// Leaves word for whom the request's state concerns, in the transaction that brings it about; the outbox takes it away.
    ///
    /// Questions that no relay has touched are taken back when there is nothing to answer any more, and who never heard the question is not told
    /// that it is over.
    func tell(_ request: ShiftRequest, _ circle: ShiftRequestCircle, now: Date, in tx: PostgresTransaction) async throws {
        var notices = request.notices(in: circle)
        if request.state != .open {
            let unheard = try await takeBack(request.questions(in: circle), in: tx)
            notices.removeAll { notice in request.state != .accepted && unheard.contains { $0.isSame(as: notice.recipient) } }
        }
        let messages = try notices.map(\.message).map { message in
            OutboxMessage(
                destination: HandoffStore.destination, messageID: message.pageID.rawValue, body: try WireJSON.encodeText(message),
                expiresAt: message.expiresAt)
        }
        outbox.add(messages, in: tx, now: now)
    }

    /// Who will not hear the question.
    private func takeBack(_ questions: [ShiftRequestNotice], in tx: PostgresTransaction) async throws -> [Responder] {
        guard !questions.isEmpty else { return [] }
        let gone = try await tx.values(
            UUID.self,
            """
            DELETE FROM oncall.outbox WHERE destination = \(HandoffStore.destination) AND message_id = ANY(\(questions.map(\.pageID)))
               AND attempts = 0 AND lease_until IS NULL RETURNING message_id
            """)
        return questions.filter { gone.contains($0.pageID.rawValue) }.map(\.recipient)
    }
}
