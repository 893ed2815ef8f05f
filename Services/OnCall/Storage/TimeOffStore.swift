import Contracts
package import Foundation
package import Postgres

/// Who is away when: what people entered, and what feeds say.
package struct TimeOffStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// - Parameter aliases: what else schedules may call the person.
    /// - Throws: ``OnCallError/tooMuchAhead``.
    package func add(
        _ entered: EnteredTimeOff, by aliases: Aliases = .none, once: Repeatable<EnteredTimeOff>? = nil, _ change: Change
    ) async throws -> Performed<EnteredTimeOff> {
        let off = entered.timeOff
        return try await lane.transaction(once: once, now: change.at) { tx in
            let added = try await tx.execute(
                """
                INSERT INTO oncall.time_off (id, person, reason, starts_at, ends_at, created_by)
                SELECT \(entered.id)::uuid, \(off.person)::text, \(entered.reason)::text, \(off.span.lowerBound), \(off.span.upperBound),
                       \(entered.createdBy)::text
                WHERE (SELECT count(*) FROM oncall.time_off WHERE person = \(off.person) AND ends_at > \(change.at)) < \(TimeOff.mostOfPerson)
                """
            )
            guard added == 1 else { throw OnCallError.tooMuchAhead }
            try await Self.record(.timeOffAdded, entered.id, off, aliases, change, in: tx)
            return entered
        }
    }

    /// - Parameter aliases: what else schedules may call the person.
    /// - Returns: Whether there was one.
    package func remove(_ id: TimeOffID, by aliases: Aliases = .none, _ change: Change) async throws -> Bool {
        try await lane.transaction { tx in
            let gone = try await tx.first(
                TimeOff.self, "DELETE FROM oncall.time_off WHERE id = \(id) RETURNING person, starts_at, ends_at")
            guard let gone else { return false }
            try await Self.record(.timeOffRemoved, id, gone, aliases, change, in: tx)
            return true
        }
    }

    /// In the history of every team whose schedule names the person, or of no team (its name is empty), and without the reason: history is kept
    /// longer than anybody needs to know why somebody was off.
    private static func record(
        _ kind: HistoryEvent.Kind, _ id: TimeOffID, _ off: TimeOff, _ aliases: Aliases, _ change: Change, in tx: PostgresTransaction
    ) async throws {
        let address = aliases.address ?? off.person
        let teams = try await tx.values(
            String.self,
            """
            SELECT DISTINCT t.name FROM oncall.team t JOIN oncall.schedule s ON s.team_id = t.id JOIN oncall.member m ON m.schedule_id = s.id
            WHERE lower(m.email) = \(address) OR m.name = \(off.person) OR m.email IS NULL AND m.name = ANY(\(aliases.userNames))
            ORDER BY t.name LIMIT \(Self.mostTeams)
            """)
        let details = [
            "time_off_id": id.description, "user": off.person, "starts_at": off.span.lowerBound.rfc3339,
            "ends_at": off.span.upperBound.rfc3339,
        ]
        for team in teams.isEmpty ? [""] : teams { try await HistoryStore.record(change.event(kind, team, details), in: tx) }
    }

    /// Rows of history that one change writes at most; a person is in a few teams.
    private static let mostTeams = 50

    /// Nil when there is no such time off.
    package func owner(of id: TimeOffID) async throws -> AbsenceOwner? {
        try await lane.first(AbsenceOwner.self, "SELECT created_by, person, NULL::text AS team FROM oncall.time_off WHERE id = \(id)")
    }

    /// What people entered and has not ended, of one person or of all, by its beginning.
    package func entered(by person: String?, at instant: Date, limit: Int) async throws -> [EnteredTimeOff] {
        let filter: SQL = if let person { "AND person = \(person)" } else { "" }
        return try await lane.all(
            EnteredTimeOff.self,
            """
            SELECT id, person, reason, starts_at, ends_at, created_by FROM oncall.time_off
            WHERE ends_at > \(instant) \(fragment: filter) ORDER BY starts_at, id LIMIT \(limit)
            """
        )
    }

    /// All time off that shares time with `range`, entered or from a feed.
    package func timeOff(in range: Range<Date>) async throws -> [TimeOff] {
        try await Self.timeOff(in: range, lane)
    }

    static func timeOff(in range: Range<Date>, _ session: some PostgresSession) async throws -> [TimeOff] {
        try await session.all(
            TimeOff.self,
            """
            SELECT person, starts_at, ends_at FROM oncall.time_off
            WHERE ends_at > \(range.lowerBound) AND starts_at < \(range.upperBound)
            UNION ALL
            SELECT f.person, e.starts_at, e.ends_at FROM oncall.calendar_entry e JOIN oncall.calendar_feed f ON f.id = e.feed_id
            WHERE f.kind = 'time_off' AND e.ends_at > \(range.lowerBound) AND e.starts_at < \(range.upperBound)
            ORDER BY 1, 2, 3 LIMIT \(Self.mostRead)
            """
        )
    }

    /// The public holidays of `range` and some days around it, everybody's; each date is one day, however many entries speak of it.
    ///
    /// - Throws: ``TimeOffError/tooManyHolidays``.
    package func holidays(in range: Range<Date>) async throws -> Holidays {
        try await Self.holidays(in: range, lane)
    }

    static func holidays(in range: Range<Date>, _ session: some PostgresSession) async throws -> Holidays {
        // A date of a layer's zone may lie so far beside the same date of the calendar's.
        let start = max(range.lowerBound.addingTimeInterval(-zoneSpread), Date(timeIntervalSince1970: 0))
        let end = max(range.upperBound.addingTimeInterval(zoneSpread), start)
        let days = Zone.utc.days(of: start..<end)
        let rows = try await session.all(
            HolidayRow.self,
            """
            SELECT DISTINCT (d.first + d.number)::text AS day, e.title, f.person, t.name AS team, f.time_zone
            FROM oncall.calendar_entry e JOIN oncall.calendar_feed f ON f.id = e.feed_id LEFT JOIN oncall.team t ON t.id = f.team_id,
                 LATERAL (SELECT x.first, generate_series(0, least(e.past_day, \(days.upperBound.description)::date) - x.first - 1) AS number
                          FROM (SELECT greatest(e.first_day, \(days.lowerBound.description)::date) AS first) x) d
            WHERE f.kind = 'holiday' AND e.ends_at > \(start) AND e.starts_at < \(end)
            ORDER BY 1, 2, 3, 4, 5 LIMIT \(Holidays.most + 1)
            """
        )
        guard rows.count <= Holidays.most else { throw TimeOffError.tooManyHolidays }
        return Holidays(rows.compactMap(\.day))
    }

    /// Zones are up to 26 hours apart.
    private static let zoneSpread: TimeInterval = 2 * 86_400

    /// Rows of one question: a thousand people with a hundred absences in a year.
    private static let mostRead = 100_000
}

extension EnteredTimeOff: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(id: try row("id"), timeOff: try TimeOff(row: row), reason: try row("reason"), createdBy: try row("created_by"))
    }
}

extension AbsenceOwner: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(createdBy: try row("created_by"), person: try row("person"), team: try row("team"))
    }
}

extension TimeOff: RowDecodable {
    package init(row: PostgresRow) throws {
        let starts: Date = try row("starts_at")
        let ends: Date = try row("ends_at")
        self.init(person: try row("person"), span: starts..<max(starts, ends))
    }
}

private struct HolidayRow: RowDecodable {
    /// Nil where its calendar cannot be read here.
    let day: Holidays.Day?

    init(row: PostgresRow) throws {
        let text: String = try row("day")
        let zoneName: String = try row("time_zone")
        guard let date = LocalDate(text), let zone = Zone(zoneName) else {
            day = nil
            return
        }
        day = Holidays.Day(
            date: date, title: try row("title"), scope: try Holidays.Scope(row: row), span: zone.span(of: date..<date.adding(days: 1)))
    }
}

extension Holidays.Scope {
    /// Of the columns `person` and `team`.
    init(row: PostgresRow) throws {
        let person: String? = try row("person")
        let team: String? = try row("team")
        self = person.map { .person($0) } ?? team.map { .team($0) } ?? .everybody
    }
}
