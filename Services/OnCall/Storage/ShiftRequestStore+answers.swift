import Contracts
import Foundation
import Postgres

/// What becomes of a request. The team's lock lets one after the other decide, and the table lets a request be decided once.
extension ShiftRequestStore {
    /// Hands the shifts over: the overrides and the decision, or neither.
    ///
    /// - Throws: ``ShiftError``; what has expired or is void by then is written down as that.
    package func accept(
        _ id: ShiftRequestID, by caller: Answerer, _ book: AddressBook, once: Repeatable<ShiftRequest>? = nil, _ change: Change
    ) async throws -> Performed<ShiftRequest> {
        do {
            return try await lane.transaction(once: once, now: change.at) { tx in
                let (request, lock, board) = try await Self.lock(id, at: change.at, in: tx)
                try request.requireOpen(at: change.at)
                guard let board else { throw ShiftError.void }
                guard book.covers(board) else { throw ShiftError.moving }
                let taker = try request.taker(acceptedBy: caller, on: board, book)
                guard request.holds(on: board, book, at: change.at) else { throw ShiftError.void }
                let handovers = request.handovers(to: taker, at: change.at)
                try book.requireActive(handovers.map(\.taker))
                try board.requireOneRole(handovers, request.role, book)
                let overrides = try board.overrides(for: handovers, request.role, reason: request.reason, book, now: change.at)
                try await OverrideStore.add(overrides, to: board, lock, change, in: tx)
                let decision = ShiftRequest.Decision(at: change.at, by: change.actor, taker: taker, overrides: overrides.map(\.id))
                let circle = ShiftRequestCircle(board: board, book: book, actor: caller.responder)
                return try await decide(request, .accepted, decision, .shiftRequestAccepted, telling: circle, change, in: tx)
            }
        } catch let error as ShiftError where error == .void || error == .expired {
            _ = try await settle(id, book, by: caller.responder, change)
            throw error
        }
    }

    /// Says no: for the one asked, that ends it; of a team, the others may still accept.
    ///
    /// - Throws: ``ShiftError``.
    package func decline(
        _ id: ShiftRequestID, by caller: Answerer, _ book: AddressBook, once: Repeatable<ShiftRequest>? = nil, _ change: Change
    ) async throws -> Performed<ShiftRequest> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (request, _, board) = try await Self.lock(id, at: change.at, in: tx)
            try request.requireOpen(at: change.at)
            guard let board else { throw ShiftError.void }
            guard book.covers(board) else { throw ShiftError.moving }
            try request.requireAnswerer(caller, on: board, book)
            guard request.recipient == nil else {
                let decision = ShiftRequest.Decision(at: change.at, by: change.actor)
                let circle = ShiftRequestCircle(board: board, book: book, actor: caller.responder)
                return try await decide(request, .declined, decision, .shiftRequestDeclined, telling: circle, change, in: tx)
            }
            return try await Self.note(request, declinedBy: caller.responder?.email ?? change.actor, change, in: tx)
        }
    }

    /// Takes it back.
    ///
    /// - Throws: ``ShiftError``.
    package func withdraw(
        _ id: ShiftRequestID, by caller: Answerer, _ book: AddressBook, once: Repeatable<ShiftRequest>? = nil, _ change: Change
    ) async throws -> Performed<ShiftRequest> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (request, _, board) = try await Self.lock(id, at: change.at, in: tx)
            try request.requireOpen(at: change.at)
            try request.requireAsker(caller)
            let decision = ShiftRequest.Decision(at: change.at, by: change.actor)
            let circle = ShiftRequestCircle(board: board, book: book, actor: caller.responder)
            return try await decide(request, .withdrawn, decision, .shiftRequestWithdrawn, telling: circle, change, in: tx)
        }
    }

    /// Writes down that the request's time has come, or that its shifts are not theirs any more; nil while it may still be accepted.
    ///
    /// - Parameter actor: who found that out and is not told; nil tells everybody it concerns.
    package func settle(
        _ id: ShiftRequestID, _ book: AddressBook, by actor: Responder? = nil, _ change: Change
    ) async throws -> ShiftRequest? {
        try await lane.transaction { tx in
            let (request, _, board) = try await Self.lock(id, at: change.at, in: tx)
            guard request.state == .open else { return nil }
            let decision = ShiftRequest.Decision(at: change.at, by: change.actor)
            let circle = ShiftRequestCircle(board: board, book: book, actor: actor)
            if request.expiresAt <= change.at {
                return try await decide(request, .expired, decision, .shiftRequestExpired, telling: circle, change, in: tx)
            }
            if let board {
                guard book.covers(board), !request.holds(on: board, book, at: change.at) else { return nil }
            }
            return try await decide(request, .void, decision, .shiftRequestVoid, telling: circle, change, in: tx)
        }
    }

    /// The request as it is once nobody else can change it or its team's schedule; nil for a team without a schedule.
    private static func lock(
        _ id: ShiftRequestID, at now: Date, in tx: PostgresTransaction
    ) async throws -> (request: ShiftRequest, lock: TeamLock, board: Board?) {
        let team = try await find(id, tx).team
        guard let lock = try await TeamLock.take(team, in: tx) else { throw ShiftError.unknownRequest }
        return (try await find(id, tx), lock, try await Board.read(team, at: now, in: tx))
    }

    private func decide(
        _ request: ShiftRequest, _ state: ShiftRequest.State, _ decision: ShiftRequest.Decision, _ kind: HistoryEvent.Kind,
        telling circle: ShiftRequestCircle, _ change: Change, in tx: PostgresTransaction
    ) async throws -> ShiftRequest {
        let changed = try await tx.execute(
            """
            UPDATE oncall.shift_request SET state = \(state), decided_at = \(decision.at), decided_by = \(decision.by),
                   taker_name = \(decision.taker?.name as String?), taker_email = \(decision.taker?.email as String?),
                   override_ids = \(decision.overrides.map(\.rawValue))
            WHERE id = \(request.id) AND state = 'open'
            """
        )
        guard changed == 1 else { throw ShiftError.decided(request.state, by: nil) }
        var details = request.historyDetails
        details["taker"] = decision.taker?.email
        if !decision.overrides.isEmpty { details["override_ids"] = decision.overrides.map(\.description).joined(separator: ", ") }
        try await HistoryStore.record(change.event(kind, request.team, details), in: tx)
        let decided = try await Self.find(request.id, tx)
        try await tell(decided, circle, now: change.at, in: tx)
        return decided
    }

    private static func note(
        _ request: ShiftRequest, declinedBy person: String, _ change: Change, in tx: PostgresTransaction
    ) async throws -> ShiftRequest {
        let noted = try await tx.execute(
            """
            UPDATE oncall.shift_request SET declined_by = array_append(declined_by, \(person))
            WHERE id = \(request.id) AND state = 'open' AND NOT declined_by @> ARRAY[\(person)::text]
            """
        )
        if noted == 1 {
            try await HistoryStore.record(change.event(.shiftRequestDeclined, request.team, request.historyDetails), in: tx)
        }
        return try await find(request.id, tx)
    }
}
