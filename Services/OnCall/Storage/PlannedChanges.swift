import Contracts
import Foundation
import Postgres

/// Overrides and temporary schedules of some teams.
struct PlannedChanges {
    private let overrides: [String: [Override]]
    private let temporaries: [String: [TemporarySchedule]]

    /// Those that share time with `range`; what ended as it began shares none.
    static func read(_ teams: [String], _ range: Range<Date>, _ session: some PostgresSession) async throws -> PlannedChanges {
        let until: Date? = range.upperBound < .distantFuture ? range.upperBound : nil
        let overrides = try await session.all(
            StoredOverride.self,
            """
            \(fragment: StoredOverride.select)
            WHERE t.name = ANY(\(teams)) AND o.ends_at > \(range.lowerBound) AND o.ends_at > o.starts_at
              AND o.starts_at < coalesce(\(until), 'infinity')
            """
        )
        let temporaries = try await session.all(
            StoredTemporarySchedule.self,
            """
            \(fragment: StoredTemporarySchedule.select)
            WHERE t.name = ANY(\(teams)) AND x.ends_at > \(range.lowerBound) AND x.ends_at > x.starts_at
              AND x.starts_at < coalesce(\(until), 'infinity')
            ORDER BY x.starts_at
            """
        )
        return PlannedChanges(
            overrides: Dictionary(grouping: overrides, by: \.team).mapValues { $0.map(\.override) },
            temporaries: Dictionary(grouping: temporaries, by: \.team).mapValues { $0.map(\.temporary) }
        )
    }

    func board(_ schedule: Schedule, since: Date = .distantPast, until: Date = .distantFuture) -> Board {
        Board(
            schedule: schedule, overrides: overrides[schedule.team] ?? [], temporaries: temporaries[schedule.team] ?? [], since: since,
            until: until)
    }
}
