package import Contracts
package import Foundation

/// A shift request as it was asked for, before anybody looked whose shifts those are.
package struct ShiftRequestDraft: Sendable, Hashable {
    package let team: String
    package let kind: ShiftRequest.Kind
    package let role: OnCallRole
    package let asker: Responder
    package let recipient: Responder?
    package let range: Range<Date>
    /// What the asker takes in return; nil for a cover.
    package let returnRange: Range<Date>?
    package let reason: String?

    package init(
        team: String, kind: ShiftRequest.Kind, role: OnCallRole, asker: Responder, recipient: Responder?, range: Range<Date>,
        returnRange: Range<Date>?, reason: String?
    ) {
        self.team = team
        self.kind = kind
        self.role = role
        self.asker = asker
        self.recipient = recipient
        self.range = range
        self.returnRange = returnRange
        self.reason = reason
    }

    /// Stands for whoever of the team will accept.
    private static let somebody = Responder(name: "somebody", email: "somebody@invalid")

    /// The request, with the shifts as the board has them; what could not be handed over now is not asked.
    ///
    /// - Throws: ``OnCallError/tooMuchAhead``, ``ShiftError``.
    package func request(on board: Board, _ book: AddressBook, now: Date) throws -> ShiftRequest {
        let asked = board.pieces(of: asker, role, in: range, book)
        let returned = returnRange.flatMap { range in recipient.map { board.pieces(of: $0, role, in: range, book) } } ?? []
        guard !asked.isEmpty, kind == .cover || !returned.isEmpty else { throw ShiftError.notOnCall }
        guard asked.count <= ShiftRequest.mostPieces, returned.count <= ShiftRequest.mostPieces else { throw OnCallError.tooMuchAhead }
        let request = ShiftRequest(
            id: .make(at: now), team: team, kind: kind, role: role, asker: asker, recipient: recipient, reason: reason, asked: asked,
            returned: returned, createdAt: now)
        let handovers = request.handovers(to: recipient ?? Self.somebody, at: now)
        try board.requireOneRole(handovers, role, book)
        _ = try board.overrides(for: handovers, role, reason: reason, book, now: now)
        return request
    }
}
