import Contracts
import Foundation
import Postgres

/// A team's row, held for the length of a transaction, so that changes of one team come one after another.
struct TeamLock: RowDecodable {
    let id: UUID
    let name: String
    let version: Int
    let scheduleID: ScheduleID?

    init(row: PostgresRow) throws {
        id = try row("id")
        name = try row("name")
        version = try row("version")
        scheduleID = try row("schedule_id")
    }

    /// Nil when there is no such team.
    static func take(_ team: String, in tx: PostgresTransaction) async throws -> TeamLock? {
        try await tx.execute("SELECT 1 FROM oncall.team WHERE name = \(team) FOR UPDATE")
        return try await tx.first(
            TeamLock.self,
            """
            SELECT t.id, t.name, t.version, s.id AS schedule_id
            FROM oncall.team t LEFT JOIN oncall.schedule s ON s.team_id = t.id
            WHERE t.name = \(team)
            """
        )
    }

    /// - Throws: ``OnCallError/unknownTeam`` or ``OnCallError/noSchedule``.
    static func takeScheduled(_ team: String, in tx: PostgresTransaction) async throws -> (lock: TeamLock, schedule: ScheduleID) {
        guard let lock = try await take(team, in: tx) else { throw OnCallError.unknownTeam }
        guard let schedule = lock.scheduleID else { throw OnCallError.noSchedule }
        return (lock, schedule)
    }

    /// The lock of a team that is made when it is missing.
    static func takeOrCreate(_ team: String, now: Date, in tx: PostgresTransaction) async throws -> TeamLock? {
        try await tx.execute(
            """
            INSERT INTO oncall.team (id, name, created_at) VALUES (\(UUID.version7(at: now)), \(team), \(now)) ON CONFLICT (name) DO NOTHING
            """
        )
        return try await take(team, in: tx)
    }

    /// Writes down what is in force from now on, for questions about the past; nil layers where nothing is.
    ///
    /// A clock that reads earlier than that of the writer before gives way, so that versions follow each other in time too.
    func remember(_ schedule: ScheduleID, version: Int, layers: JSONText?, at instant: Date, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO oncall.schedule_version (team_id, version, schedule_id, layers, valid_from)
            SELECT \(id), \(version), \(schedule), \(layers),
                   greatest(\(instant), (SELECT max(valid_from) FROM oncall.schedule_version WHERE team_id = \(id)))
            """
        )
    }

    /// Writes down that what the team's answers depend on has changed.
    func advance(to version: Int, in tx: PostgresTransaction) async throws {
        try await tx.execute("UPDATE oncall.team SET version = \(version) WHERE id = \(id)")
    }
}
