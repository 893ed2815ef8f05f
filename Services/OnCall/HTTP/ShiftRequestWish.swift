import Contracts
import Foundation

/// The body of `POST /api/v1/oncall/shift-requests`.
struct ShiftRequestWish {
    let team: String
    let kind: ShiftRequest.Kind
    let role: OnCallRole
    /// By name or address; nil asks the team.
    let recipient: String?
    let range: Range<Date>
    let returnRange: Range<Date>?
    let reason: String?

    init(body: JSONValue, now: Date) throws(InvalidFields) {
        var fields = FieldReader(body)
        team = fields.text("team", TeamName.length)
        kind = fields.optionalChoice("kind", ShiftRequest.Kind.self) ?? .cover
        role = fields.optionalChoice("role", OnCallRole.self) ?? .primary
        recipient = fields.optionalText("recipient", EMail.nameLength)
        reason = fields.optionalText("reason", 0...1000)
        range = fields.range("from", "until", now: now)
        switch kind {
        case .swap:
            if recipient == nil { fields.fault("recipient", "is required for a swap") }
            returnRange = fields.range("return_from", "return_until", now: now)
        case .cover:
            for key in ["return_from", "return_until"] where fields.value(key) != nil { fields.fault(key, "is for the kind swap only") }
            returnRange = nil
        }
        try fields.finish()
    }

    func draft(asker: Responder, recipient: Responder?) -> ShiftRequestDraft {
        ShiftRequestDraft(
            team: team, kind: kind, role: role, asker: asker, recipient: recipient, range: range, returnRange: returnRange, reason: reason)
    }
}
