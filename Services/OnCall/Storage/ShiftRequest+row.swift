import Contracts
import Foundation
package import Postgres

extension ShiftRequest: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT r.id, t.name AS team, r.kind, r.role, r.asker_name, r.asker_email, r.recipient_name, r.recipient_email, r.reason,
               r.asked_from, r.asked_until, r.returned_from, r.returned_until, r.declined_by, r.state, r.created_at, r.expires_at,
               r.decided_at, r.decided_by, r.taker_name, r.taker_email, r.override_ids
        FROM oncall.shift_request r JOIN oncall.team t ON t.id = r.team_id
        """

    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), team: try row("team"), kind: try row("kind"), role: try row("role"),
            asker: Responder(name: try row("asker_name"), email: try row("asker_email")),
            recipient: try Responder(row: row, "recipient_name", "recipient_email"), reason: try row("reason"),
            asked: try Self.pieces(row, "asked_from", "asked_until"), returned: try Self.pieces(row, "returned_from", "returned_until"),
            createdAt: try row("created_at"), expiresAt: try row("expires_at") as Date)
        declinedBy = try row("declined_by")
        state = try row("state")
        guard let at: Date = try row("decided_at") else { return }
        let overrides: [UUID] = try row("override_ids")
        decision = Decision(
            at: at, by: try row("decided_by"), taker: try Responder(row: row, "taker_name", "taker_email"),
            overrides: overrides.map { OverrideID(rawValue: $0) })
    }

    private static func pieces(_ row: PostgresRow, _ from: String, _ until: String) throws -> [Range<Date>] {
        let starts: [Date] = try row(from)
        let ends: [Date] = try row(until)
        return zip(starts, ends).compactMap { $0 < $1 ? $0..<$1 : nil }
    }
}

extension Responder {
    fileprivate init?(row: PostgresRow, _ name: String, _ email: String) throws {
        guard let known: String = try row(name), let address: String = try row(email) else { return nil }
        self.init(name: known, email: address)
    }
}
