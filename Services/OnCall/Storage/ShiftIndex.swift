import Contracts
package import Foundation
package import Postgres

/// Finds the teams in which somebody is on call, and when what a team's calendar shows was last changed.
package struct ShiftIndex: Sendable {
    private let lane: PostgresLane

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// User names in schedules that give no address with them.
    package func namesWithoutAddress() async throws -> [String] {
        try await lane.values(
            String.self,
            """
            SELECT name FROM oncall.member WHERE email IS NULL UNION SELECT name FROM oncall.temporary_shift WHERE email IS NULL
            ORDER BY name LIMIT \(Self.mostNames)
            """)
    }

    /// Far more people than teams call by user name alone.
    private static let mostNames = 2_000

    /// Teams that name somebody in a schedule, or on top of one for a time that ends after `instant`.
    ///
    /// - Parameter names: user names that are that person's.
    package func teams(of person: Responder, names: [String], after instant: Date) async throws -> [String] {
        let email = person.email.lowercased()
        return try await lane.values(
            String.self,
            """
            SELECT t.name FROM oncall.team t WHERE
                EXISTS (SELECT 1 FROM oncall.schedule s JOIN oncall.member m ON m.schedule_id = s.id
                        WHERE s.team_id = t.id AND (lower(m.email) = \(email) OR m.email IS NULL AND m.name = ANY(\(names))))
                OR EXISTS (SELECT 1 FROM oncall.override o
                           WHERE o.team_id = t.id AND o.ends_at > \(instant) AND o.ends_at > o.starts_at AND lower(o.user_email) = \(email))
                OR EXISTS (SELECT 1 FROM oncall.temporary_schedule x JOIN oncall.temporary_shift h ON h.temporary_schedule_id = x.id
                           WHERE x.team_id = t.id AND x.ends_at > \(instant)
                             AND (lower(h.email) = \(email) OR h.email IS NULL AND h.name = ANY(\(names))))
            ORDER BY t.name LIMIT \(ShiftCalendar.mostTeams)
            """)
    }

    /// When anything was last changed that says who is on call for the team; what was only asked or shared is no such change.
    package func changedAt(_ team: String) async throws -> Date? {
        let quiet = HistoryEvent.Kind.allCases.filter { !$0.changesDuty }.map(\.rawValue)
        return try await lane.firstValue(
            Date.self,
            """
            SELECT greatest(t.created_at, (SELECT max(valid_from) FROM oncall.schedule_version v WHERE v.team_id = t.id),
                            (SELECT max(happened_at) FROM oncall.history_event h
                             WHERE h.team = t.name AND h.event_type <> ALL(\(quiet)::text[])))
            FROM oncall.team t WHERE t.name = \(team)
            """)
    }
}

extension HistoryEvent.Kind {
    var changesDuty: Bool {
        switch self {
        case .shiftRequested, .shiftRequestDeclined, .shiftRequestWithdrawn, .shiftRequestExpired, .shiftRequestVoid,
            .handoffRuleSet, .handoffRuleRemoved, .timeOffAdded, .timeOffRemoved, .calendarMade, .calendarRenewed, .calendarRevoked:
            false
        default: true
        }
    }
}
