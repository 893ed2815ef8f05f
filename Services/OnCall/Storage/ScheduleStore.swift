import Contracts
package import Foundation
package import Postgres

/// Schedules and what is known of them at an instant.
package struct ScheduleStore: Sendable {
    let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    package func find(_ team: String) async throws -> StoredSchedule? {
        try await lane.first(StoredSchedule.self, "\(fragment: StoredSchedule.select) WHERE t.name = \(team)")
    }

    /// By team name, those after `cursor` only.
    package func list(after cursor: String?, limit: Int) async throws -> SchedulePage {
        let rows = try await lane.all(
            FoundSchedule.self,
            "\(fragment: StoredSchedule.select) WHERE t.name > \(cursor ?? "") ORDER BY t.name LIMIT \(limit)"
        )
        return SchedulePage(
            schedules: rows.compactMap(\.stored), unreadable: Set(rows.filter { $0.stored == nil }.map(\.team)),
            next: rows.count == limit ? rows.last?.team : nil)
    }

    /// Another one after whatever changes who is on call; read by a replica before it answers from memory.
    package func revision() async throws -> ScheduleRevision {
        try await lane.one(
            ScheduleRevision.self,
            "SELECT value AS number, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline FROM oncall.revision")
    }

    /// What says who is on call for these teams from `instant` on; teams without a schedule are left out.
    ///
    /// - Throws: ``UnreadableSchedule`` when one of them cannot be read: whoever names a team must not take it for one without a schedule.
    package func boards(_ teams: [String], at instant: Date) async throws -> [String: Board] {
        let known = try await known(teams, at: instant)
        guard known.unreadable.isEmpty else { throw UnreadableSchedule() }
        return known.boards
    }

    /// The same for one team.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``UnreadableSchedule``.
    package func board(_ team: String, at instant: Date) async throws -> Board {
        if let board = try await boards([team], at: instant)[team] { return board }
        let known = try await lane.firstValue(String.self, "SELECT name FROM oncall.team WHERE name = \(team)")
        throw known == nil ? OnCallError.unknownTeam : .noSchedule
    }

    /// The boards of these teams that can be read here, and the names of the others.
    package func known(_ teams: [String], at instant: Date) async throws -> KnownBoards {
        try await known("WHERE t.name = ANY(\(teams))", at: instant)
    }

    /// The same for so many teams, by name.
    package func known(first limit: Int, at instant: Date) async throws -> KnownBoards {
        try await known("ORDER BY t.name LIMIT \(limit)", at: instant)
    }

    private func known(_ condition: SQL, at instant: Date) async throws -> KnownBoards {
        let rows = try await lane.all(FoundSchedule.self, "\(fragment: StoredSchedule.select) \(fragment: condition)")
        let schedules = rows.compactMap(\.stored?.schedule)
        let unreadable = Set(rows.filter { $0.stored == nil }.map(\.team))
        guard !schedules.isEmpty else { return KnownBoards(boards: [:], unreadable: unreadable) }
        let above = try await PlannedChanges.read(schedules.map(\.team), instant..<Date.distantFuture, lane)
        return KnownBoards(
            boards: Dictionary(uniqueKeysWithValues: schedules.map { ($0.team, above.board($0)) }), unreadable: unreadable)
    }
}

/// What says who is on call for several teams.
package struct KnownBoards: Sendable, Hashable {
    /// By team; those without a schedule are left out.
    package let boards: [String: Board]
    /// Teams whose schedule cannot be read here, such as one in a zone that only a newer tz database knows.
    package let unreadable: Set<String>
}

/// Some schedules of a list.
package struct SchedulePage: Sendable, Hashable {
    package let schedules: [StoredSchedule]
    /// Teams of the page whose schedule cannot be read here.
    package let unreadable: Set<String>
    /// Where the next page goes on; nil on the last.
    package let next: String?
}

private struct FoundSchedule: RowDecodable {
    let team: String
    /// Nil where it cannot be read.
    let stored: StoredSchedule?

    init(row: PostgresRow) throws {
        team = try row("team")
        do {
            stored = try StoredSchedule(row: row)
        } catch is UnreadableSchedule {
            stored = nil
        }
    }
}

/// Names one state of all schedules, overrides and temporary schedules.
package struct ScheduleRevision: Sendable, Hashable, RowDecodable {
    private let number: Int
    /// Of the server's log: a failover that lost commits counts the same numbers again, on another one.
    private let timeline: String

    package init(row: PostgresRow) throws {
        number = try row("number")
        timeline = try row("timeline")
    }
}
