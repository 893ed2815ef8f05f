package import Contracts
package import Foundation
package import Postgres

/// OnCall's last answer for each set of targets, for the minutes in which it cannot be reached.
package struct OnCallAnswerStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    package func remember(_ answer: EscalateAnswer, for target: String, at now: Date) async throws {
        try await session.execute(
            """
            INSERT INTO incident.on_call_answer (target, recipients, valid_until, answered_at)
            VALUES (\(target), \(try JSONText.encoding(answer.recipients)), \(answer.validUntil), \(now))
            ON CONFLICT (target) DO UPDATE SET recipients = excluded.recipients, valid_until = excluded.valid_until,
                answered_at = excluded.answered_at
            """
        )
    }

    /// The last answer if it still holds at `now`.
    package func last(for target: String, at now: Date) async throws -> [Recipient]? {
        try await session.query(
            "SELECT recipients FROM incident.on_call_answer WHERE target = \(target) AND valid_until > \(now)"
        ).first.map { try $0.json("recipients") }
    }
}
