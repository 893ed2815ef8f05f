package import Contracts
package import Foundation
package import Postgres

/// OnCall's last answer for each set of targets, for the minutes in which it cannot be reached.
package struct OnCallAnswerStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    /// What is stored and holds at least this much longer is not written again.
    private static let worthKeeping: TimeInterval = 1_800

    /// Writes the answers down with the transaction's next statement or with COMMIT, except where what is stored still says the same.
    package static func remember(_ heard: [HeardAnswer], in transaction: PostgresTransaction, at now: Date) throws {
        guard !heard.isEmpty else { return }
        // In one order, and each target once: two engines must not wait for each other, and a statement must not meet a row twice.
        let answers = Dictionary(heard.map { ($0.target, $0.answer) }) { _, last in last }.sorted { $0.key < $1.key }
        transaction.later(
            """
            INSERT INTO incident.on_call_answer (target, recipients, valid_until, answered_at)
            SELECT target, recipients, valid_until, \(now)
            FROM unnest(\(answers.map(\.key)), \(try answers.map { try WireJSON.encodeText($0.value.recipients) })::jsonb[],
                \(answers.map(\.value.validUntil))) AS heard (target, recipients, valid_until)
            WHERE NOT EXISTS (
                SELECT FROM incident.on_call_answer known WHERE known.target = heard.target AND known.recipients = heard.recipients
                    AND known.valid_until <= heard.valid_until AND known.valid_until >= least(heard.valid_until, \(now + worthKeeping)))
            ORDER BY target
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
