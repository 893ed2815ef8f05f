package import Contracts
package import Foundation
package import Postgres

/// Who was asked for, by which step of which incident, and the answer given.
package struct EscalationStore: Sendable {
    let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// The answer this question got before, if it was asked before.
    package func answer(to question: EscalateQuestion) async throws -> EscalateAnswer? {
        try await lane.first(
            GivenAnswer.self,
            """
            SELECT answer FROM oncall.escalation
            WHERE incident_id = \(question.incidentID.description) AND epoch = \(question.epoch) AND step = \(question.step)
              AND round = \(question.round)
            """
        )?.answer
    }

    /// Keeps the record unless its firing has one already.
    ///
    /// - Returns: The answer as kept; nil means that the answer to give is the one in ``answer(to:)``.
    package func keep(_ record: EscalationRecord) async throws -> EscalateAnswer? {
        try await Self.keep(record, in: lane)
    }

    /// Keeps a person's record, once for each request key.
    package func keep(
        _ record: EscalationRecord, once: Repeatable<EscalationRecord>?, now: Date
    ) async throws -> Performed<EscalationRecord> {
        try await lane.transaction(once: once, now: now) { tx in
            _ = try await Self.keep(record, in: tx)
            return record
        }
    }

    private static func keep(_ record: EscalationRecord, in session: some PostgresSession) async throws -> EscalateAnswer? {
        let answer = JSONText(try WireJSON.encodeText(record.answer))
        return try await session.first(
            GivenAnswer.self,
            """
            INSERT INTO oncall.escalation
                (id, teams, incident_id, firing_id, epoch, step, round, answer, reason, asked_by, escalated_at)
            VALUES (\(record.id), \(record.teams), \(record.incident), \(record.firing?.id), \(record.firing?.epoch as Int?),
                    \(record.firing?.step as Int?), \(record.firing?.round as Int?), \(answer), \(record.reason as String?),
                    \(record.askedBy), \(record.at))
            ON CONFLICT ON CONSTRAINT escalation_firing DO NOTHING
            RETURNING answer
            """
        )?.answer
    }

    package func record(_ id: EscalationID) async throws -> EscalationRecord {
        try await lane.one(
            EscalationRecord.self,
            """
            SELECT id, teams, incident_id, firing_id, epoch, step, round, answer, reason, asked_by, escalated_at
              FROM oncall.escalation WHERE id = \(id)
            """)
    }

    /// Newest first, of one team or of all.
    package func list(team: String?, limit: Int) async throws -> [EscalationRecord] {
        let filter: SQL = if let team { "WHERE teams @> ARRAY[\(team)::text]" } else { "" }
        return try await lane.all(
            EscalationRecord.self,
            """
            SELECT id, teams, incident_id, firing_id, epoch, step, round, answer, reason, asked_by, escalated_at
            FROM oncall.escalation \(fragment: filter) ORDER BY escalated_at DESC, id DESC LIMIT \(limit)
            """
        )
    }
}

private struct GivenAnswer: RowDecodable {
    let answer: EscalateAnswer

    init(row: PostgresRow) throws {
        let text: JSONText = try row("answer")
        answer = try WireJSON.decode(fromText: text.text)
    }
}

extension EscalationRecord: RowDecodable {
    package init(row: PostgresRow) throws {
        let firing: FiringID? = try row("firing_id")
        self.init(
            id: try row("id"), teams: try row("teams"), incident: try row("incident_id"),
            firing: try firing.map { try Firing(id: $0, epoch: row("epoch"), step: row("step"), round: row("round")) },
            answer: try GivenAnswer(row: row).answer, reason: try row("reason"), askedBy: try row("asked_by"), at: try row("escalated_at")
        )
    }
}
