import Contracts
import Foundation
import Postgres

extension ScheduleStore {
    /// Makes the team's schedule, or puts this one in the place of the old.
    ///
    /// - Throws: ``OnCallError/noPrimary``.
    package func put(_ draft: ScheduleDraft, _ change: Change) async throws -> StoredSchedule {
        try await lane.transaction { tx in try await put(draft, change, in: tx) }
    }

    /// The same, once for each request key.
    package func put(_ draft: ScheduleDraft, once: Repeatable<StoredSchedule>?, _ change: Change) async throws -> Performed<StoredSchedule>
    {
        try await lane.transaction(once: once, now: change.at) { tx in try await put(draft, change, in: tx) }
    }

    private func put(_ draft: ScheduleDraft, _ change: Change, in tx: PostgresTransaction) async throws -> StoredSchedule {
        guard let lock = try await TeamLock.takeOrCreate(draft.team, now: change.at, in: tx) else { throw OnCallError.unknownTeam }
        let schedule = try draft.schedule(id: lock.scheduleID ?? .make(at: change.at), version: lock.version + 1, now: change.at)
        let kind: HistoryEvent.Kind = lock.scheduleID == nil ? .scheduleCreated : .scheduleReplaced
        return try await write(schedule, kind, lock, change, in: tx)
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

    /// Deletes the schedule and ends what is planned on top of it; the team and its record stay.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``.
    package func delete(_ team: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            let (lock, schedule) = try await TeamLock.takeScheduled(team, in: tx)
            try await OverrideStore.endAll(lock, change, in: tx)
            try await TemporaryScheduleStore.endAll(lock, change, in: tx)
            try await tx.execute("DELETE FROM oncall.schedule WHERE id = \(schedule)")
            try await lock.remember(schedule, version: lock.version + 1, layers: nil, at: change.at, in: tx)
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.scheduleDeleted, team, ["version": String(lock.version + 1)]), in: tx)
        }
    }

    private func write(
        _ schedule: Schedule, _ kind: HistoryEvent.Kind, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction
    ) async throws -> StoredSchedule {
        let plain = PlainColumns(schedule)
        let document = JSONText(try LayerDocument.stored(schedule.layers))
        let layers = schedule.rotation == nil ? document : nil
        try await tx.execute(
            """
            INSERT INTO oncall.schedule
                (id, team_id, rotation_type, time_zone, handoff_minute, handoff_day, start_date, layers, created_at, updated_at)
            VALUES (\(schedule.id), \(lock.id), \(plain.kind), \(plain.zone.name), \(plain.handoffTime.minuteOfDay),
                    \(plain.handoffDay), \(plain.start.description), \(layers), \(change.at), \(change.at))
            ON CONFLICT (team_id) DO UPDATE SET
                rotation_type = EXCLUDED.rotation_type, time_zone = EXCLUDED.time_zone, handoff_minute = EXCLUDED.handoff_minute,
                handoff_day = EXCLUDED.handoff_day, start_date = EXCLUDED.start_date, layers = EXCLUDED.layers,
                updated_at = EXCLUDED.updated_at
            """
        )
        try await lock.remember(schedule.id, version: schedule.version, layers: document, at: change.at, in: tx)
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
        var details = [
            "version": String(version), "primary": roster(.primary).map(\.name).joined(separator: ", "),
            "secondary": roster(.secondary).map(\.name).joined(separator: ", "),
        ]
        if let rotation {
            details["rotation_type"] = rotation.cadence.kind?.rawValue
            details["time_zone"] = rotation.zone.name
            details["handoff_time"] = rotation.handoffTime.description
            details["start"] = rotation.start.description
        } else {
            details["layers"] = layers.map(\.name).joined(separator: ", ")
        }
        return details
    }
}
