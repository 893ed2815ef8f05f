import Contracts
package import Foundation
package import Postgres

/// A temporary schedule with its team's name.
package struct StoredTemporarySchedule: Sendable, Hashable {
    package let team: String
    package let temporary: TemporarySchedule
    package let createdBy: String
}

extension StoredTemporarySchedule: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT x.id, t.name AS team, x.reason, x.starts_at, x.ends_at, x.created_by, h.names, h.emails, h.roles, h.starts, h.ends
        FROM oncall.temporary_schedule x
        JOIN oncall.team t ON t.id = x.team_id
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(name ORDER BY position), '{}') AS names, coalesce(array_agg(email ORDER BY position), '{}') AS emails,
                   coalesce(array_agg(role ORDER BY position), '{}') AS roles,
                   coalesce(array_agg(starts_at ORDER BY position), '{}') AS starts,
                   coalesce(array_agg(ends_at ORDER BY position), '{}') AS ends
            FROM oncall.temporary_shift WHERE temporary_schedule_id = x.id
        ) h
        """

    package init(row: PostgresRow) throws {
        let names: [String] = try row("names")
        let emails: [String?] = try row("emails")
        let roles: [OnCallRole] = try row("roles")
        let starts: [Date] = try row("starts")
        let ends: [Date] = try row("ends")
        team = try row("team")
        createdBy = try row("created_by")
        let shifts = names.indices.map { index in
            TemporarySchedule.Shift(
                member: Member(name: names[index], email: emails[index], role: roles[index]), starts: starts[index], ends: ends[index])
        }
        temporary = TemporarySchedule(
            id: try row("id"), reason: try row("reason"), starts: try row("starts_at"), ends: try row("ends_at"), shifts: shifts)
    }
}

/// Temporary schedules; those of a team never overlap.
package struct TemporaryScheduleStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``OnCallError/temporaryConflict``, ``OnCallError/tooMuchAhead``.
    package func make(
        _ temporary: TemporarySchedule, team: String, once: Repeatable<TemporarySchedule>? = nil, _ change: Change
    ) async throws -> Performed<TemporarySchedule> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (lock, _) = try await TeamLock.takeScheduled(team, in: tx)
            let others = try await tx.all(
                StoredTemporarySchedule.self,
                "\(fragment: StoredTemporarySchedule.select) WHERE x.team_id = \(lock.id) AND x.ends_at > \(change.at) AND x.ends_at > x.starts_at"
            )
            guard others.count < TemporarySchedule.mostAhead else { throw OnCallError.tooMuchAhead }
            let overlaps = others.contains { $0.temporary.starts < temporary.ends && temporary.starts < $0.temporary.ends }
            guard !overlaps else { throw OnCallError.temporaryConflict }
            try await Self.insert(temporary, lock, change, in: tx)
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.temporarySet, team, temporary.historyDetails), in: tx)
            return temporary
        }
    }

    /// Ends it now, or takes it back before it began.
    ///
    /// - Throws: ``OnCallError/noTemporary``.
    package func remove(_ id: TemporaryScheduleID, _ change: Change) async throws {
        try await lane.transaction { tx in
            let known = try await tx.first(
                StoredTemporarySchedule.self, "\(fragment: StoredTemporarySchedule.select) WHERE x.id = \(id)")
            guard let known, let lock = try await TeamLock.take(known.team, in: tx),
                try await Self.end("id = \(id)", lock, change, in: tx) > 0
            else { throw OnCallError.noTemporary }
            try await lock.advance(to: lock.version + 1, in: tx)
            try await HistoryStore.record(change.event(.temporaryRemoved, known.team, [:]), in: tx)
        }
    }

    /// Those that have not ended at `instant`, of one team or of all.
    package func list(team: String?, at instant: Date) async throws -> [StoredTemporarySchedule] {
        let filter: SQL = if let team { "AND t.name = \(team)" } else { "" }
        return try await lane.all(
            StoredTemporarySchedule.self,
            """
            \(fragment: StoredTemporarySchedule.select)
            WHERE x.ends_at > \(instant) AND x.ends_at > x.starts_at \(fragment: filter) ORDER BY t.name, x.starts_at LIMIT 1000
            """
        )
    }

    static func endAll(_ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws {
        try await end("true", lock, change, in: tx)
    }

    @discardableResult
    private static func end(_ condition: SQL, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws -> Int {
        try await tx.execute(
            """
            UPDATE oncall.temporary_schedule SET ends_at = greatest(\(change.at), starts_at)
            WHERE team_id = \(lock.id) AND ends_at > \(change.at) AND ends_at > starts_at AND \(fragment: condition)
            """
        )
    }

    private static func insert(_ temporary: TemporarySchedule, _ lock: TeamLock, _ change: Change, in tx: PostgresTransaction) async throws
    {
        try await tx.execute(
            """
            INSERT INTO oncall.temporary_schedule (id, team_id, reason, starts_at, ends_at, created_by)
            VALUES (\(temporary.id), \(lock.id), \(temporary.reason as String?), \(temporary.starts), \(temporary.ends), \(change.actor))
            """
        )
        let members = temporary.shifts.map(\.member)
        try await tx.execute(
            """
            INSERT INTO oncall.temporary_shift (temporary_schedule_id, position, name, email, role, starts_at, ends_at)
            SELECT \(temporary.id), h.position - 1, h.name, h.email, h.role, h.starts_at, h.ends_at
            FROM unnest(\(members.map(\.name)), \(members.map(\.email)), \(members.map(\.role)), \(temporary.shifts.map(\.starts)),
                        \(temporary.shifts.map(\.ends)))
                 WITH ORDINALITY AS h (name, email, role, starts_at, ends_at, position)
            """
        )
    }
}

extension TemporarySchedule {
    fileprivate var historyDetails: [String: String] {
        var details = ["starts_at": starts.rfc3339, "expires_at": ends.rfc3339, "shifts": String(shifts.count)]
        details["reason"] = reason
        return details
    }
}
