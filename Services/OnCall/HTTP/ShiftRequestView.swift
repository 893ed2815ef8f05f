import Contracts
import Foundation

/// A shift request as clients see it.
struct ShiftRequestView: Encodable {
    struct Person: Encodable {
        let name: String
        let email: String

        init(_ responder: Responder) {
            name = responder.name
            email = responder.email
        }
    }

    struct Piece: Encodable {
        let start: Date
        let end: Date
    }

    let requestID: ShiftRequestID
    let kind: ShiftRequest.Kind
    let team: String
    let role: OnCallRole
    let state: ShiftRequest.State
    let asker: Person
    /// `null` asks everybody of the team.
    let recipient: OrNull<Person>
    let reason: String?
    let shifts: [Piece]
    /// What the asker takes in return; empty for a cover.
    let returnShifts: [Piece]
    let declinedBy: [String]
    let createdAt: Date
    let expiresAt: Date
    let decidedAt: Date?
    let decidedBy: String?
    let taker: Person?
    let overrideIDs: [OverrideID]

    init(_ request: ShiftRequest, at now: Date) {
        requestID = request.id
        kind = request.kind
        team = request.team
        role = request.role
        state = request.state(at: now)
        asker = Person(request.asker)
        recipient = OrNull(request.recipient.map { Person($0) })
        reason = request.reason
        shifts = request.asked.map { Piece(start: $0.lowerBound, end: $0.upperBound) }
        returnShifts = request.returned.map { Piece(start: $0.lowerBound, end: $0.upperBound) }
        declinedBy = request.declinedBy
        createdAt = request.createdAt
        expiresAt = request.expiresAt
        decidedAt = request.decision?.at
        decidedBy = request.decision?.by
        taker = request.decision?.taker.map { Person($0) }
        overrideIDs = request.decision?.overrides ?? []
    }
}
