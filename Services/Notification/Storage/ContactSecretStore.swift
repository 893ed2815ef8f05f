package import Auth
import Contracts
import Foundation
package import Postgres

/// The signing secrets of contact methods as they lie in the database.
package struct ContactSecretStore: Sendable {
    private let database: any PostgresSession

    package init(_ database: any PostgresSession) {
        self.database = database
    }

    /// A secret that is not under the current key.
    package struct Stale: Sendable, Hashable, RowDecodable {
        package let id: ContactMethodID
        package let plain: Secret?
        package let sealed: SealedSecret?

        package init(row: PostgresRow) throws {
            id = try row("id")
            plain = try (row("secret") as String?).map { Secret($0) }
            sealed = try SealedSecret(row: row)
        }
    }

    /// How many secrets are plain, and how many are under each key.
    package func counts() async throws -> (plain: Int, byKey: [String: Int]) {
        let rows = try await database.query(
            """
            SELECT secret_key_id, count(*) AS count FROM notification.contact_method
             WHERE secret IS NOT NULL OR sealed_secret IS NOT NULL GROUP BY 1
            """)
        var counts: (plain: Int, byKey: [String: Int]) = (0, [:])
        for row in rows {
            let key: String? = try row("secret_key_id")
            let count: Int = try row("count")
            if let key { counts.byKey[key] = count } else { counts.plain = count }
        }
        return counts
    }

    /// Secrets that are plain or under one of these keys, in the order of their ids.
    package func stale(_ keys: [String], after last: ContactMethodID?, limit: Int) async throws -> [Stale] {
        try await database.all(
            Stale.self,
            """
            SELECT id, secret, sealed_secret, secret_key_id FROM notification.contact_method
             WHERE (secret IS NOT NULL OR secret_key_id = ANY(\(keys))) AND id > coalesce(\(last)::uuid, '00000000-0000-0000-0000-000000000000')
             ORDER BY id LIMIT \(limit)
            """)
    }

    /// Puts a sealed value in the place of what was read, unless another replica was there before.
    /// - Returns: whether it did.
    package func replace(_ stale: Stale, with sealed: SealedSecret) async throws -> Bool {
        try await database.execute(
            """
            UPDATE notification.contact_method SET secret = NULL, sealed_secret = \(sealed.box), secret_key_id = \(sealed.keyID)
             WHERE id = \(stale.id) AND secret IS NOT DISTINCT FROM \(stale.plain?.reveal() as String?)
               AND sealed_secret IS NOT DISTINCT FROM \(stale.sealed?.box as Data?)
            """) == 1
    }
}

extension SealedSecret {
    /// Of the columns `sealed_secret` and `secret_key_id`; nil where they are NULL.
    init?(row: PostgresRow) throws {
        let box: Data? = try row("sealed_secret")
        let key: String? = try row("secret_key_id")
        guard let box, let key else { return nil }
        self.init(keyID: key, box: box)
    }
}

extension SealedPlace {
    package static func secret(of method: ContactMethodID) -> SealedPlace {
        SealedPlace(column: "notification.contact_method.secret", row: method.description)
    }
}
