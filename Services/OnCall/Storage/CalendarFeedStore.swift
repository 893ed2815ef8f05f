package import Auth
import Contracts
package import Foundation
package import Postgres
import WorkQueue

/// Calendars of people and teams.
package struct CalendarFeedStore: Sendable {
    let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// What a calendar said when it was read.
    package struct Listing: Sendable {
        package let content: String
        package let entries: [CalendarEntry]
        package let skipped: Int

        package init(content: String, entries: [CalendarEntry], skipped: Int) {
            self.content = content
            self.entries = entries
            self.skipped = skipped
        }
    }

    /// - Parameters:
    ///   - url: of a feed that is to be read from there, at once.
    ///   - listing: of an upload.
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/tooMuchAhead``.
    package func add(
        _ feed: CalendarFeed, url: SealedSecret? = nil, listing: Listing? = nil, nextReadAt: Date,
        once: Repeatable<StoredCalendarFeed>? = nil
    ) async throws -> Performed<StoredCalendarFeed> {
        let now = feed.createdAt
        return try await lane.transaction(once: once, now: now) { tx in
            let team = try await teamID(feed.scope, in: tx)
            let readAt = listing == nil ? nil : now
            let added = try await tx.execute(
                """
                INSERT INTO oncall.calendar_feed
                    (id, kind, name, team_id, person, time_zone, host, sealed_url, url_key_id, content, read_at, listed_at, skipped, created_by,
                     created_at, next_read_at)
                SELECT \(feed.id)::uuid, \(feed.kind)::text, \(feed.name)::text, \(team)::uuid, \(feed.scope.person)::text,
                       \(feed.zone.name)::text, \(feed.host)::text, \(url?.box)::bytea, \(url?.keyID)::text, \(listing?.content)::text,
                       \(readAt)::timestamptz, \(readAt)::timestamptz, \(listing?.skipped ?? 0)::int, \(feed.createdBy)::text, \(now),
                       \(nextReadAt)
                WHERE (SELECT count(*) FROM oncall.calendar_feed) < \(CalendarFeed.most)
                """
            )
            guard added == 1 else { throw OnCallError.tooMuchAhead }
            try await Self.write(listing?.entries ?? [], of: feed.id, in: tx)
            return try await tx.one(StoredCalendarFeed.self, "\(fragment: StoredCalendarFeed.select) WHERE f.id = \(feed.id)")
        }
    }

    private func teamID(_ scope: Holidays.Scope, in tx: PostgresTransaction) async throws -> UUID? {
        guard case .team(let name) = scope else { return nil }
        guard let lock = try await TeamLock.take(name, in: tx) else { throw OnCallError.unknownTeam }
        return lock.id
    }

    /// By name, of one team, of one person, or all.
    package func list(team: String?, person: String?, limit: Int) async throws -> [StoredCalendarFeed] {
        try await lane.all(
            StoredCalendarFeed.self,
            """
            \(fragment: StoredCalendarFeed.select)
            WHERE (\(team)::text IS NULL OR t.name = \(team)) AND (\(person)::text IS NULL OR f.person = \(person))
            ORDER BY f.name, f.id LIMIT \(limit)
            """
        )
    }

    /// - Returns: Whether there was one.
    package func remove(_ id: CalendarFeedID) async throws -> Bool {
        try await lane.execute("DELETE FROM oncall.calendar_feed WHERE id = \(id)") == 1
    }

    /// How many are failing.
    package func failing() async throws -> Int {
        try await lane.one(FeedCount.self, "SELECT count(*) AS count FROM oncall.calendar_feed WHERE failing_since IS NOT NULL").count
    }

    static func write(_ entries: [CalendarEntry], of feed: CalendarFeedID, in tx: PostgresTransaction) async throws {
        try await tx.execute("DELETE FROM oncall.calendar_entry WHERE feed_id = \(feed)")
        guard !entries.isEmpty else { return }
        try await tx.execute(
            """
            INSERT INTO oncall.calendar_entry (feed_id, position, title, starts_at, ends_at, first_day, past_day)
            SELECT \(feed)::uuid, e.position - 1, e.title, e.starts_at, e.ends_at, e.first_day::date, e.past_day::date
            FROM unnest(\(entries.map(\.title)), \(entries.map(\.span.lowerBound)), \(entries.map(\.span.upperBound)),
                        \(entries.map(\.days.lowerBound.description)), \(entries.map(\.days.upperBound.description)))
                 WITH ORDINALITY AS e (title, starts_at, ends_at, first_day, past_day, position)
            """
        )
    }
}

private struct FeedCount: RowDecodable {
    let count: Int

    init(row: PostgresRow) throws {
        count = try row("count")
    }
}

extension Holidays.Scope {
    fileprivate var person: String? {
        if case .person(let name) = self { name } else { nil }
    }
}
