import Contracts
import Foundation
package import Postgres

/// Takes shifts over at once.
package struct ShiftTakeStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Replaces whoever is on call in that time by the taker.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``OnCallError/tooMuchAhead``, ``ShiftError``.
    package func take(
        _ wish: ShiftTake, _ book: AddressBook, once: Repeatable<TakenShift>? = nil, _ change: Change
    ) async throws -> Performed<TakenShift> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (lock, _) = try await TeamLock.takeScheduled(wish.team, in: tx)
            guard let board = try await Board.read(wish.team, at: change.at, in: tx) else { throw OnCallError.noSchedule }
            guard book.covers(board) else { throw ShiftError.moving }
            let range = wish.range(on: board, now: change.at)
            let handover = Handover(giver: nil, taker: wish.taker, pieces: range.isEmpty ? [] : [range])
            let overrides = try board.overrides(for: [handover], wish.role, reason: wish.reason, book, now: change.at)
            try await OverrideStore.add(overrides, to: board, lock, change, in: tx)
            let taken = TakenShift(team: wish.team, role: wish.role, range: range, overrides: overrides)
            try await HistoryStore.record(change.event(.shiftTaken, wish.team, taken.historyDetails(wish)), in: tx)
            return taken
        }
    }
}

extension TakenShift {
    fileprivate func historyDetails(_ wish: ShiftTake) -> [String: String] {
        var details = [
            "role": role.rawValue, "user_name": wish.taker.name, "user_email": wish.taker.email, "starts_at": range.lowerBound.rfc3339,
            "expires_at": range.upperBound.rfc3339, "replaces": Set(overrides.compactMap(\.replaces)).sorted().joined(separator: ", "),
            "override_ids": overrides.map(\.id.description).joined(separator: ", "),
        ]
        details["reason"] = wish.reason
        return details
    }
}
