import Contracts
import Foundation
import OnCall
import Postgres
import TestSupport
import Testing

/// What of calendars of holidays an answer reckons with.
@Suite struct HolidayStoreTests {
    private static let now = Date(timeIntervalSince1970: 1_772_452_800)

    private static func entry(_ title: String?, _ first: String, _ past: String) throws -> CalendarEntry {
        let days = try #require(LocalDate(first))..<(try #require(LocalDate(past)))
        return CalendarEntry(title: title, span: Zone.utc.span(of: days), days: days)
    }

    private static func feed(_ scope: Holidays.Scope = .everybody, zone: Zone = .utc) -> CalendarFeed {
        CalendarFeed(
            id: .make(at: now), kind: .holiday, name: "holidays", scope: scope, zoneName: zone.name, host: nil, createdBy: "alice",
            createdAt: now)
    }

    private func withStores(_ body: @Sendable @escaping (CalendarFeedStore, TimeOffStore, PostgresLane) async throws -> Void) async throws {
        try await withDatabase(migrations: [(schema: OnCallMigrations.schema, OnCallMigrations.all)]) { database in
            let lane = database.database(schema: OnCallMigrations.schema).api
            try await body(CalendarFeedStore(lane), TimeOffStore(lane), lane)
        }
    }

    @Test func onlyTheDaysAskedForAreReadAndEachOnce() async throws {
        try await withStores { feeds, absences, _ async throws in
            let entries = try [
                Self.entry("Summer", "2026-01-01", "2026-12-31"), Self.entry("Summer", "2026-03-01", "2026-04-01"),
                Self.entry("Feast", "2026-03-10", "2026-03-11"),
            ]
            for _ in 0..<2 {
                let listing = CalendarFeedStore.Listing(content: "", entries: entries, skipped: 0)
                _ = try await feeds.add(Self.feed(), listing: listing, nextReadAt: Self.now)
            }
            let holidays = try await absences.holidays(in: try instant("2026-03-10T00:00:00Z")..<instant("2026-03-11T00:00:00Z"))
            // Two days more on either side: the same date of another zone.
            #expect(
                holidays.days.map { "\($0.date) \($0.title ?? "")" } == [
                    "2026-03-08 Summer", "2026-03-09 Summer", "2026-03-10 Feast", "2026-03-10 Summer", "2026-03-11 Summer",
                    "2026-03-12 Summer",
                ])
        }
    }

    @Test func moreDaysThanAnAnswerReckonsWithAreRefused() async throws {
        try await withStores { feeds, absences, lane async throws in
            let listing = CalendarFeedStore.Listing(content: "", entries: [], skipped: 0)
            let feed = Self.feed()
            _ = try await feeds.add(feed, listing: listing, nextReadAt: Self.now)
            try await lane.execute(
                """
                INSERT INTO oncall.calendar_entry (feed_id, position, title, starts_at, ends_at, first_day, past_day)
                SELECT \(feed.id)::uuid, n, n::text, '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z', '2026-01-01', '2026-12-31'
                FROM generate_series(1, 280) AS n
                """)
            let year = try instant("2026-01-01T00:00:00Z")..<instant("2026-12-31T00:00:00Z")
            await #expect(throws: TimeOffError.tooManyHolidays) { _ = try await absences.holidays(in: year) }
            let month = try instant("2026-03-01T00:00:00Z")..<instant("2026-04-01T00:00:00Z")
            #expect(try await absences.holidays(in: month).days.count == 280 * 35)
        }
    }
}
