import Contracts
import Foundation
import Postgres

/// Puts people in the place of those who are off.
struct CoverStore: Sendable {
    /// What is known of a team from outside its own plans, read before the transaction.
    struct Surroundings: Sendable {
        let book: AddressBook
        /// The team's shifts before the wish's time, from as long ago as the fair pick is to remember.
        let past: [CoverPlan.Shift]
        /// Also of other teams, in the wish's time.
        let elsewhere: Engagements
    }

    private let lane: PostgresLane

    init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// Makes an override for the conflict as the team's plans, time off and holidays have it at that moment.
    ///
    /// - Throws: ``TimeOffError/noConflict``, ``TimeOffError/coverBusy``, ``TimeOffError/coverDisabled``, ``ShiftError/withoutEffect`` where
    ///   something else decides, ``ShiftError/moving``, ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``OnCallError/tooMuchAhead``.
    func cover(_ wish: CoverWish, _ known: Surroundings, once: Repeatable<Override>?, _ change: Change) async throws -> Performed<Override>
    {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (lock, _) = try await TeamLock.takeScheduled(wish.team, in: tx)
            guard let board = try await Board.read(wish.team, at: change.at, in: tx) else { throw OnCallError.noSchedule }
            guard known.book.covers(board) else { throw ShiftError.moving }
            let range = wish.range(at: change.at)
            let plan = CoverPlan(
                team: wish.team, roster: board.schedule.members, shifts: CoverPlan.shifts([board], in: range),
                absences: Absences(try await TimeOffStore.timeOff(in: range, tx), known.book),
                holidays: try await TimeOffStore.holidays(in: range, tx).known(by: known.book), book: known.book
            ).remembering(known.past, elsewhere: known.elsewhere)
            guard let conflict = wish.conflict(of: plan, at: change.at) else { throw TimeOffError.noConflict }
            let cover = if let name = wish.cover { plan.candidate(called: name) } else { conflict.cover }
            guard let cover, let email = cover.email else { throw TimeOffError.coverBusy }
            guard !known.book.isInactive(email) else { throw TimeOffError.coverDisabled }
            guard plan.isFree(cover, for: conflict) else { throw TimeOffError.coverBusy }
            let handover = Handover(absent: conflict.member, taker: Responder(name: cover.name, email: email), pieces: [conflict.span])
            let reason = conflict.kind == .timeOff ? "time off" : "holiday"
            let overrides = try board.overrides(for: [handover], wish.role, reason: reason, known.book, now: change.at)
            try await OverrideStore.add(overrides, to: board, lock, change, in: tx)
            for override in overrides {
                try await HistoryStore.record(change.event(.overrideSet, wish.team, override.historyDetails), in: tx)
            }
            guard let override = overrides.first else { throw TimeOffError.noConflict }
            return override
        }
    }
}
