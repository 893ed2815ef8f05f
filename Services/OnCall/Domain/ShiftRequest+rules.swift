import Contracts
package import Foundation

/// Who answers a shift request.
package struct Answerer: Sendable, Hashable {
    /// Nil for a program without an account, which can take no shift.
    package let responder: Responder?
    package let teams: [String]
    package let isAdmin: Bool

    package init(responder: Responder?, teams: [String], isAdmin: Bool) {
        self.responder = responder
        self.teams = teams
        self.isAdmin = isAdmin
    }
}

extension ShiftRequest {
    /// The state it is in at `now`, whether anybody wrote that down yet or not.
    package func state(at now: Date) -> State {
        state == .open && expiresAt <= now ? .expired : state
    }

    /// - Throws: ``ShiftError/decided(_:by:)``, ``ShiftError/expired`` or ``ShiftError/void`` unless it is open.
    package func requireOpen(at now: Date) throws(ShiftError) {
        switch state(at: now) {
        case .open: return
        case .expired: throw .expired
        case .void: throw .void
        case .accepted, .declined, .withdrawn: throw .decided(state, by: decision?.by)
        }
    }

    /// Who takes the shifts when that caller accepts: the one asked, also when an admin says so; of a team, whoever accepts.
    ///
    /// - Throws: ``ShiftError/notTheirs``, ``ShiftError/accountRequired``.
    package func taker(acceptedBy caller: Answerer, on board: Board, _ book: AddressBook) throws(ShiftError) -> Responder {
        try requireAnswerer(caller, on: board, book)
        if let recipient { return recipient }
        guard let responder = caller.responder else { throw .accountRequired }
        guard !responder.isSame(as: asker) else { throw .notTheirs }
        return responder
    }

    /// - Throws: ``ShiftError/notTheirs`` unless the caller may accept or decline.
    package func requireAnswerer(_ caller: Answerer, on board: Board, _ book: AddressBook) throws(ShiftError) {
        if caller.isAdmin { return }
        guard let responder = caller.responder, !responder.isSame(as: asker) else { throw .notTheirs }
        if let recipient {
            guard responder.isSame(as: recipient) else { throw .notTheirs }
        } else {
            let isOfTeam = caller.teams.contains(team) || board.everybody.contains { book.isOf(responder, $0) }
            guard isOfTeam else { throw .notTheirs }
        }
    }

    /// - Throws: ``ShiftError/notTheirs`` unless the caller asked it, or is an admin.
    package func requireAsker(_ caller: Answerer) throws(ShiftError) {
        guard caller.isAdmin || caller.responder.map({ $0.isSame(as: asker) }) ?? false else { throw .notTheirs }
    }

    /// What there is still to hand over at `now`, once somebody takes it.
    package func handovers(to taker: Responder, at now: Date) -> [Handover] {
        let given = Handover(giver: asker, taker: taker, pieces: Self.rest(asked, at: now))
        return kind == .cover ? [given] : [given, Handover(giver: taker, taker: asker, pieces: Self.rest(returned, at: now))]
    }

    /// Whether the shifts of both are still theirs, by what the board says.
    package func holds(on board: Board, _ book: AddressBook, at now: Date) -> Bool {
        Self.rest(asked, at: now).allSatisfy { board.isOnCall(asker, role, throughout: $0, book) }
            && Self.rest(returned, at: now).allSatisfy { piece in
                recipient.map { board.isOnCall($0, role, throughout: piece, book) } ?? false
            }
    }

    private static func rest(_ pieces: [Range<Date>], at now: Date) -> [Range<Date>] {
        pieces.filter { $0.upperBound > now }.map { max($0.lowerBound, now)..<$0.upperBound }
    }
}

extension Board {
    /// The database keeps microseconds and a `Date` binary fractions: a bound that comes back may lie a little beside the one that went.
    private static let grain: TimeInterval = 0.001

    fileprivate func isOnCall(_ person: Responder, _ role: OnCallRole, throughout piece: Range<Date>, _ book: AddressBook) -> Bool {
        let held = pieces(of: person, role, in: piece, book).reduce(0) { $0 + $1.upperBound.timeIntervalSince($1.lowerBound) }
        return held >= piece.upperBound.timeIntervalSince(piece.lowerBound) - Self.grain
    }
}
