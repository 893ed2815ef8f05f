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
                       \(feed.zoneName)::text, \(feed.host)::text, \(url?.box)::bytea, \(url?.keyID)::text, \(listing?.content)::text,
                       \(readAt)::timestamptz, \(readAt)::timestamptz, \(listing?.skipped ?? 0)::int, \(feed.createdBy)::text, \(now),
                       \(nextReadAt)
                WHERE (SELECT count(*) FROM oncall.calendar_feed WHERE removed_at IS NULL) < \(CalendarFeed.most)
                """
            )
            guard added == 1 else { throw OnCallError.tooMuchAhead }
            try await Self.insert(listing?.entries ?? [], of: feed.id, in: tx)
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
            WHERE f.removed_at IS NULL AND (\(team)::text IS NULL OR t.name = \(team)) AND (\(person)::text IS NULL OR f.person = \(person))
            ORDER BY f.name, f.id LIMIT \(limit)
            """
        )
    }

    /// Nil when there is no such calendar.
    package func owner(of id: CalendarFeedID) async throws -> AbsenceOwner? {
        try await lane.first(
            AbsenceOwner.self,
            """
            SELECT f.created_by, f.person, t.name AS team FROM oncall.calendar_feed f LEFT JOIN oncall.team t ON t.id = f.team_id
            WHERE f.id = \(id) AND f.removed_at IS NULL
            """)
    }

    /// Removes a calendar; of holidays, what ended while it was there stays for the ledger.
    ///
    /// - Returns: Whether there was one.
    package func remove(_ id: CalendarFeedID, now: Date) async throws -> Bool {
        try await lane.transaction { tx in
            // A reader that holds it waits here, and finds its lease gone.
            let known = try await tx.execute("SELECT 1 FROM oncall.calendar_feed WHERE id = \(id) AND removed_at IS NULL FOR UPDATE")
            guard known == 1 else { return false }
            // What had ended before the calendar came was never more than its word.
            try await tx.execute(
                """
                DELETE FROM oncall.calendar_entry e USING oncall.calendar_feed f
                 WHERE f.id = \(id) AND e.feed_id = f.id AND (f.kind <> 'holiday' OR e.ends_at > \(now) OR e.ends_at <= f.created_at)
                """)
            try await tx.execute(
                """
                DELETE FROM oncall.calendar_feed f
                 WHERE f.id = \(id) AND NOT EXISTS (SELECT 1 FROM oncall.calendar_entry e WHERE e.feed_id = f.id)
                """)
            // The queue looks for what is due, which this never is again.
            try await tx.execute(
                """
                UPDATE oncall.calendar_feed
                   SET removed_at = \(now), host = NULL, sealed_url = NULL, url_key_id = NULL, content = '', etag = NULL, last_modified = NULL,
                       failures = 0, failing_since = NULL, last_error = NULL, lease_until = NULL, next_read_at = '9999-01-01T00:00:00Z'
                 WHERE id = \(id)
                """)
            return true
        }
    }

    /// How many are failing.
    package func failing() async throws -> Int {
        try await lane.one(FeedCount.self, "SELECT count(*) AS count FROM oncall.calendar_feed WHERE failing_since IS NOT NULL").count
    }

    /// Puts what is listed in the place of what was; a holiday that is over stays as it was known then.
    static func replace(_ listing: Listing, of feed: DueCalendarFeed, now: Date, in tx: PostgresTransaction) async throws {
        let keepsPast = feed.kind == .holiday && feed.listedAt != nil
        let past: SQL = keepsPast ? "AND ends_at > \(now)" : ""
        try await tx.execute("DELETE FROM oncall.calendar_entry WHERE feed_id = \(feed.id) \(fragment: past)")
        try await insert(keepsPast ? listing.entries.filter { $0.span.upperBound > now } : listing.entries, of: feed.id, in: tx)
    }

    private static func insert(_ entries: [CalendarEntry], of feed: CalendarFeedID, in tx: PostgresTransaction) async throws {
        guard !entries.isEmpty else { return }
        try await tx.execute(
            """
            INSERT INTO oncall.calendar_entry (feed_id, position, title, starts_at, ends_at, first_day, past_day)
            SELECT \(feed)::uuid, e.position + (SELECT coalesce(max(k.position), -1) FROM oncall.calendar_entry k WHERE k.feed_id = \(feed)),
                   e.title, e.starts_at, e.ends_at, e.first_day::date, e.past_day::date
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
