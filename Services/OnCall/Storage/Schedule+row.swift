import Contracts
package import Foundation
package import Postgres

/// A schedule with the times of its record.
package struct StoredSchedule: Sendable, Hashable {
    package let schedule: Schedule
    package let createdAt: Date
    package let updatedAt: Date
}

extension StoredSchedule: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT s.id, t.name AS team, t.version, s.layers, s.rotation_type, s.time_zone, s.handoff_minute, s.handoff_day,
               s.start_date::text AS start_date, s.created_at, s.updated_at, m.names, m.emails, m.roles
        FROM oncall.schedule s
        JOIN oncall.team t ON t.id = s.team_id
        CROSS JOIN LATERAL (
            SELECT array_agg(name ORDER BY position) AS names, array_agg(email ORDER BY position) AS emails,
                   array_agg(role ORDER BY position) AS roles
            FROM oncall.member WHERE schedule_id = s.id
        ) m
        """

    package init(row: PostgresRow) throws {
        let layers: JSONText? = try row("layers")
        schedule = try layers.map { try Schedule(row: row, layers: $0) } ?? Schedule(plainRow: row)
        createdAt = try row("created_at")
        updatedAt = try row("updated_at")
    }
}

extension Schedule {
    /// - Throws: ``UnreadableSchedule``.
    init(row: PostgresRow, layers document: JSONText) throws {
        let drafts: [LayerDraft]
        do {
            drafts = try LayerDraft.read(try JSONValue(parsing: Data(document.text.utf8)))
        } catch {
            // What is stored is no field of the request that reads it.
            throw UnreadableSchedule()
        }
        // Every part is there, so no draft has a part left open that an instant would have to fill.
        let layers = drafts.compactMap { $0.layer(now: Date(timeIntervalSince1970: 0)) }
        guard layers.count == drafts.count else { throw UnreadableSchedule() }
        self.init(id: try row("id"), team: try row("team"), version: try row("version"), layers: layers)
    }

    fileprivate init(plainRow row: PostgresRow) throws {
        let zoneName: String = try row("time_zone")
        let minute: Int = try row("handoff_minute")
        let start: String = try row("start_date")
        let kind: RotationKind = try row("rotation_type")
        guard let zone = Zone(zoneName), let time = LocalTime(minuteOfDay: minute), let date = LocalDate(start) else {
            throw UnreadableSchedule()
        }
        let rotation = Rotation(
            cadence: Cadence(kind), zone: zone, handoffTime: time, handoffDay: try row("handoff_day"), start: date
        )
        self.init(id: try row("id"), team: try row("team"), version: try row("version"), rotation: rotation, members: try Self.members(row))
    }

    private static func members(_ row: PostgresRow) throws -> [Member] {
        let names: [String] = try row("names")
        let emails: [String?] = try row("emails")
        let roles: [OnCallRole] = try row("roles")
        return zip(zip(names, emails), roles).map { Member(name: $0.0, email: $0.1, role: $1) }
    }
}

/// A stored schedule names a zone that this machine's tz database does not know, or was edited by hand.
struct UnreadableSchedule: Error {}
