package import Auth
import Contracts
package import Foundation
package import Postgres

/// A feed and what became of reading it.
package struct StoredCalendarFeed: Sendable, Hashable {
    package let feed: CalendarFeed
    /// When it was last read, or found unchanged.
    package let readAt: Date?
    package let nextReadAt: Date
    package let failingSince: Date?
    /// One word why the last reading failed, or the next will.
    package let problem: String?
    package let entries: Int
    /// Events that could not be followed.
    package let skipped: Int
}

extension StoredCalendarFeed: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT f.id, f.kind, f.name, t.name AS team, f.person, f.time_zone, f.host, f.created_by, f.created_at, f.read_at, f.next_read_at,
               f.failing_since, f.last_error, f.skipped, (SELECT count(*) FROM oncall.calendar_entry e WHERE e.feed_id = f.id) AS entries
        FROM oncall.calendar_feed f LEFT JOIN oncall.team t ON t.id = f.team_id
        """

    package init(row: PostgresRow) throws {
        feed = try CalendarFeed(row: row)
        readAt = try row("read_at")
        nextReadAt = try row("next_read_at")
        failingSince = try row("failing_since")
        // Known before anybody tries to read it, and only where it is so: another machine may know the zone.
        problem = Zone(feed.zoneName) == nil ? UnreadableFeed.problem : failingSince == nil ? nil : try row("last_error")
        entries = try row("entries")
        skipped = try row("skipped")
    }
}

extension CalendarFeed {
    init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), kind: try row("kind"), name: try row("name"), scope: try Holidays.Scope(row: row),
            zoneName: try row("time_zone"), host: try row("host"), createdBy: try row("created_by"), createdAt: try row("created_at"))
    }
}

/// A stored feed names a zone that this machine's tz database does not know, or was edited by hand.
struct UnreadableFeed: Error {
    /// What its list says of it.
    static let problem = "unknown_zone"
}

/// A feed that is due, with what its reading needs.
package struct DueCalendarFeed: Sendable {
    package let id: CalendarFeedID
    package let kind: CalendarFeed.Kind
    package let zone: Zone
    /// Nil for an upload.
    package let url: SealedSecret?
    package let content: String?
    package let etag: String?
    package let lastModified: String?
    package let listedAt: Date?
    package let failures: Int

    static let columns = """
        t.kind, t.time_zone, t.sealed_url, t.url_key_id, t.content, t.etag, t.last_modified, t.listed_at, t.failures, t.id AS feed
        """

    init(row: PostgresRow) throws {
        let zoneName: String = try row("time_zone")
        guard let zone = Zone(zoneName) else { throw UnreadableFeed() }
        let box: Data? = try row("sealed_url")
        let key: String? = try row("url_key_id")
        self.zone = zone
        id = try row("feed")
        kind = try row("kind")
        url = box.flatMap { box in key.map { SealedSecret(keyID: $0, box: box) } }
        content = try row("content")
        etag = try row("etag")
        lastModified = try row("last_modified")
        listedAt = try row("listed_at")
        failures = try row("failures")
    }
}

extension SealedPlace {
    package static func url(of feed: CalendarFeedID) -> SealedPlace {
        SealedPlace(column: "oncall.calendar_feed.url", row: feed.description)
    }
}
