import Contracts
import Foundation
package import Postgres

/// Calendars and what they are made of. Secrets come here as digests only.
package struct CalendarStore: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// - Throws: ``OnCallError/unknownTeam``, ``CalendarError/tooMany``.
    package func make(_ feed: ShiftCalendar, secretDigest: String, _ change: Change) async throws {
        try await lane.transaction { tx in
            let team = try await Self.team(of: feed, in: tx)
            // An owner's calendars come one after another, so that counting them means something.
            try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(feed.owner), 20260301))")
            let count = try await tx.value(
                Int.self, "SELECT count(*) FROM oncall.calendar WHERE owner_email = \(feed.owner)")
            guard count < ShiftCalendar.mostOfOwner else { throw CalendarError.tooMany }
            try await tx.execute(
                """
                INSERT INTO oncall.calendar
                    (id, secret_digest, team_id, person_name, person_email, role, title, reminder_minutes, owner_email, created_at)
                VALUES (\(feed.id), \(secretDigest), \(team), \(feed.person?.name as String?), \(feed.person?.email as String?), \(feed.role), \(feed.title),
                        \(feed.reminders), \(feed.owner), \(feed.createdAt))
                """
            )
            try await Self.record(.calendarMade, feed, change, in: tx)
        }
    }

    /// An owner's calendars, or everybody's; oldest first.
    package func list(owner: String?, limit: Int) async throws -> [ShiftCalendar] {
        let filter: SQL = if let owner { "WHERE c.owner_email = \(owner)" } else { "" }
        return try await lane.all(
            ShiftCalendar.self, "\(fragment: ShiftCalendar.select) \(fragment: filter) ORDER BY c.created_at, c.id LIMIT \(limit)")
    }

    /// The calendar behind a secret; nil for one that never was or is no more.
    package func find(secretDigest: String) async throws -> ShiftCalendar? {
        try await lane.first(ShiftCalendar.self, "\(fragment: ShiftCalendar.select) WHERE c.secret_digest = \(secretDigest)")
    }

    /// Puts another secret in the place of the old one, which is worth nothing from then on.
    ///
    /// - Parameter owner: only when it is theirs; nil for anybody's.
    /// - Throws: ``CalendarError/unknown``.
    package func renew(_ id: CalendarID, owner: String?, secretDigest: String, _ change: Change) async throws -> ShiftCalendar {
        try await lane.transaction { tx in
            let feed = try await Self.find(id, owner, in: tx)
            try await tx.execute("UPDATE oncall.calendar SET secret_digest = \(secretDigest) WHERE id = \(id)")
            try await Self.record(.calendarRenewed, feed, change, in: tx)
            return feed
        }
    }

    /// - Parameter owner: only when it is theirs; nil for anybody's.
    /// - Throws: ``CalendarError/unknown``.
    package func revoke(_ id: CalendarID, owner: String?, _ change: Change) async throws {
        try await lane.transaction { tx in
            let feed = try await Self.find(id, owner, in: tx)
            try await tx.execute("DELETE FROM oncall.calendar WHERE id = \(id)")
            try await Self.record(.calendarRevoked, feed, change, in: tx)
        }
    }

    private static func find(_ id: CalendarID, _ owner: String?, in tx: PostgresTransaction) async throws -> ShiftCalendar {
        try await tx.execute("SELECT 1 FROM oncall.calendar WHERE id = \(id) FOR UPDATE")
        let found = try await tx.first(ShiftCalendar.self, "\(fragment: ShiftCalendar.select) WHERE c.id = \(id)")
        guard let found, owner == nil || owner == found.owner else { throw CalendarError.unknown }
        return found
    }

    private static func team(of feed: ShiftCalendar, in tx: PostgresTransaction) async throws -> UUID? {
        guard case .team(let name) = feed.subject else { return nil }
        guard let id = try await tx.firstValue(UUID.self, "SELECT id FROM oncall.team WHERE name = \(name)") else {
            throw OnCallError.unknownTeam
        }
        return id
    }

    /// A person's own calendar is their own affair.
    private static func record(_ kind: HistoryEvent.Kind, _ feed: ShiftCalendar, _ change: Change, in tx: PostgresTransaction) async throws
    {
        guard case .team(let team) = feed.subject else { return }
        try await HistoryStore.record(change.event(kind, team, ["calendar_id": feed.id.description, "title": feed.title]), in: tx)
    }
}
