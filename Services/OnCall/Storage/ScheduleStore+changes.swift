import Contracts
import Foundation
import Postgres

extension ScheduleStore {
    /// Makes the team's schedule, or puts this one in the place of the old.
    ///
    /// - Throws: ``OnCallError/noPrimary``.
    package func put(_ draft: ScheduleDraft, _ change: Change) async throws -> StoredSchedule {
        try await lane.transaction { tx in
            guard let lock = try await TeamLock.takeOrCreate(draft.team, now: change.at, in: tx) else { throw OnCallError.unknownTeam }
            let schedule = try draft.schedule(id: lock.scheduleID ?? .make(at: change.at), version: lock.version + 1, now: change.at)
            let kind: HistoryEvent.Kind = lock.scheduleID == nil ? .scheduleCreated : .scheduleReplaced
            return try await write(schedule, kind, lock, change, in: tx)
        }
    }

    /// - Parameter ifVersion: only when the schedule still has this version.
    /// - Throws: ``OnCallError``, nothing being changed.
    package func edit(_ team: String, _ edit: ScheduleEdit, ifVersion: Int?, _ change: Change) async throws -> StoredSchedule {
        try await lane.transaction { tx in
            let (lock, _) = try await TeamLock.takeScheduled(team, in: tx)
            guard ifVersion == nil || ifVersion == lock.version else { throw OnCallError.versionMoved }
            let old = try await tx.one(StoredSchedule.self, "\(fragment: StoredSchedule.select) WHERE t.id = \(lock.id)")
            return try await write(try old.schedule.edited(edit, now: change.at), .scheduleUpdated, lock, change, in: tx)
        }
    }

    /// Deletes the schedule and ends the team's override; the team and its record stay.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``.
    package func delete(_ team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            let (lock, schedule) = try await TeamLock.takeScheduled(team, in: tx)
            try await OverrideStore.end(lock, change, in: tx)
            try await tx.execute("DELETE FROM oncall.schedule WHERE id = \(schedule)")
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.scheduleDeleted, team, ["version": String(lock.version + 1)]), in: tx)
        }
    }

    private func write(
        _ schedule: Schedule, _ kind: HistoryEvent.Kind, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction
    ) async throws -> StoredSchedule {
        let rotation = schedule.rotation
        try await tx.execute(
            """
            INSERT INTO oncall.schedule
                (id, team_id, rotation_type, time_zone, handoff_minute, handoff_day, start_date, created_at, updated_at)
            VALUES (\(schedule.id), \(lock.id), \(rotation.kind), \(rotation.zone.name), \(rotation.handoffTime.minuteOfDay),
                    \(rotation.handoffDay), \(rotation.start.description), \(change.at), \(change.at))
            ON CONFLICT (team_id) DO UPDATE SET
                rotation_type = EXCLUDED.rotation_type, time_zone = EXCLUDED.time_zone, handoff_minute = EXCLUDED.handoff_minute,
                handoff_day = EXCLUDED.handoff_day, start_date = EXCLUDED.start_date, updated_at = EXCLUDED.updated_at
            """
        )
        try await writeMembers(of: schedule, in: tx)
        try await lock.advance(to: schedule.version, in: tx)
        try await HistoryStore.record(change.event(kind, schedule.team, schedule.historyDetails), in: tx)
        return try await tx.one(StoredSchedule.self, "\(fragment: StoredSchedule.select) WHERE t.id = \(lock.id)")
    }

    private func writeMembers(of schedule: Schedule, in tx: PostgresTransaction) async throws {
        try await tx.execute("DELETE FROM oncall.member WHERE schedule_id = \(schedule.id)")
        try await tx.execute(
            """
            INSERT INTO oncall.member (schedule_id, position, name, email, role)
            SELECT \(schedule.id), m.position - 1, m.name, m.email, m.role
            FROM unnest(\(schedule.members.map(\.name)), \(schedule.members.map(\.email)), \(schedule.members.map(\.role)))
                 WITH ORDINALITY AS m (name, email, role, position)
            """
        )
    }
}

extension Schedule {
    fileprivate var historyDetails: [String: String] {
        [
            "version": String(version), "rotation_type": rotation.kind.rawValue, "time_zone": rotation.zone.name,
            "handoff_time": rotation.handoffTime.description, "start": rotation.start.description,
            "primary": roster(.primary).map(\.name).joined(separator: ", "),
            "secondary": roster(.secondary).map(\.name).joined(separator: ", "),
        ]
    }
}
