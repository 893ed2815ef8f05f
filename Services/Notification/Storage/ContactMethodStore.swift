package import Auth
package import Contracts
package import Foundation
package import Postgres

package struct ContactMethodStore: Sendable {
    private let database: any PostgresSession

    package init(_ database: any PostgresSession) {
        self.database = database
    }

    package func methods(of users: [UserID]) async throws -> [ContactMethod] {
        try await database.all(.methods(of: users))
    }

    package func find(_ id: ContactMethodID) async throws -> ContactMethod? {
        try await database.first(
            ContactMethod.self,
            "SELECT id, user_id, kind, address, label, disabled_at, created_at FROM notification.contact_method WHERE id = \(id)")
    }

    /// - Returns: false when the person has as many as one may have, or this very one.
    package func add(_ method: ContactMethod, secret: SealedSecret?) async throws -> Bool {
        let added = try await database.execute(
            """
            INSERT INTO notification.contact_method (id, user_id, kind, address, label, sealed_secret, secret_key_id, created_at)
            SELECT \(method.id), \(method.userID), \(method.kind), \(method.address), \(method.label as String?), \(secret?.box as Data?),
                   \(secret?.keyID as String?), \(method.createdAt)
             WHERE (SELECT count(*) FROM notification.contact_method WHERE user_id = \(method.userID)) < \(ContactMethod.limit)
            ON CONFLICT (user_id, kind, address) DO NOTHING
            """)
        return added == 1
    }

    package func change(_ id: ContactMethodID, label: String?, isEnabled: Bool?, now: Date) async throws -> ContactMethod? {
        try await database.first(
            ContactMethod.self,
            """
            UPDATE notification.contact_method
               SET label = coalesce(\(label as String?), label),
                   disabled_at = CASE \(isEnabled as Bool?) WHEN true THEN NULL WHEN false THEN coalesce(disabled_at, \(now)) ELSE disabled_at END,
                   disabled_reason = CASE \(isEnabled as Bool?) WHEN true THEN NULL WHEN false THEN coalesce(disabled_reason, 'by_owner')
                                     ELSE disabled_reason END
             WHERE id = \(id)
            RETURNING id, user_id, kind, address, label, disabled_at, created_at
            """)
    }

    package func remove(_ id: ContactMethodID) async throws -> Bool {
        try await database.execute("DELETE FROM notification.contact_method WHERE id = \(id)") == 1
    }
}

extension ContactMethod: RowDecodable {
    package init(row: PostgresRow) throws {
        let disabledAt: Date? = try row("disabled_at")
        self.init(
            id: try row("id"), userID: try row("user_id"), kind: try row("kind"), address: try row("address"), label: try row("label"),
            isEnabled: disabledAt == nil, createdAt: try row("created_at")
        )
    }
}

extension RowQuery where Row == ContactMethod {
    static func methods(of users: [UserID]) -> Self {
        Self(
            """
            SELECT id, user_id, kind, address, label, disabled_at, created_at FROM notification.contact_method
             WHERE user_id = ANY(\(users)) ORDER BY created_at, id
            """)
    }
}
