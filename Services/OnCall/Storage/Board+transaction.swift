import Contracts
import Foundation
import Postgres

extension Board {
    /// What says who is on call for the team from `instant` on, as the transaction sees it; nil for a team without a schedule.
    static func read(_ team: String, at instant: Date, in tx: PostgresTransaction) async throws -> Board? {
        guard let stored = try await tx.first(StoredSchedule.self, "\(fragment: StoredSchedule.select) WHERE t.name = \(team)") else {
            return nil
        }
        return try await PlannedChanges.read([team], instant..<Date.distantFuture, tx).board(stored.schedule)
    }
}

extension OverrideStore {
    /// Puts overrides in force that were checked against that board.
    ///
    /// - Throws: ``OnCallError/tooMuchAhead``.
    static func add(
        _ overrides: [Override], to board: Board, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction
    ) async throws {
        guard board.overrides.count + overrides.count <= Override.mostAhead else { throw OnCallError.tooMuchAhead }
        for override in overrides { try await insert(override, lock, change, in: tx) }
        try await lock.advance(to: lock.version + 1, in: tx)
    }
}
