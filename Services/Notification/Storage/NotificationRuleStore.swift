package import Contracts
import Foundation
package import Postgres

package struct NotificationRuleStore: Sendable {
    private let database: any PostgresSession

    package init(_ database: any PostgresSession) {
        self.database = database
    }

    package func rules(of users: [UserID]) async throws -> [NotificationRule] {
        try await database.all(.rules(of: users))
    }

    package func find(_ id: NotificationRuleID) async throws -> NotificationRule? {
        try await database.first(
            NotificationRule.self,
            "SELECT id, user_id, channel, delay_minutes, created_at FROM notification.notification_rule WHERE id = \(id)")
    }

    /// - Returns: false when the person has as many as one may have, or this very one.
    package func add(_ rule: NotificationRule) async throws -> Bool {
        let added = try await database.execute(
            """
            INSERT INTO notification.notification_rule (id, user_id, channel, delay_minutes, created_at)
            SELECT \(rule.id), \(rule.userID), \(rule.channel), \(rule.delayMinutes), \(rule.createdAt)
             WHERE (SELECT count(*) FROM notification.notification_rule WHERE user_id = \(rule.userID)) < \(NotificationRule.limit)
            ON CONFLICT (user_id, channel, delay_minutes) DO NOTHING
            """)
        return added == 1
    }

    package func remove(_ id: NotificationRuleID) async throws -> Bool {
        try await database.execute("DELETE FROM notification.notification_rule WHERE id = \(id)") == 1
    }
}

extension NotificationRule: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), userID: try row("user_id"), channel: try row("channel"), delayMinutes: try row("delay_minutes"),
            createdAt: try row("created_at")
        )
    }
}

extension RowQuery where Row == NotificationRule {
    static func rules(of users: [UserID]) -> Self {
        Self(
            """
            SELECT id, user_id, channel, delay_minutes, created_at FROM notification.notification_rule
             WHERE user_id = ANY(\(users)) ORDER BY delay_minutes, created_at, id
            """)
    }
}
