package import Auth
package import Contracts
package import Foundation
package import Postgres

/// Integrations and the digests of their keys.
package struct IntegrationStore: Sendable {
    private static let columns: SQL = "id, name, kind, default_severity, service, team, is_active, created_at"
    private let db: any PostgresSession

    package init(_ db: any PostgresSession) { self.db = db }

    /// - Throws: ``IntegrationError/nameTaken`` when a live one has the name.
    package func create(_ integration: Integration, key: Secret, by actor: String) async throws {
        do {
            try await db.execute(
                """
                INSERT INTO alerting.integration (id, name, kind, key_digest, default_severity, service, team, is_active, created_at, created_by)
                VALUES (\(integration.id), \(integration.name), \(integration.kind), \(Self.digest(key.reveal())),
                        \(integration.defaultSeverity), \(integration.service as String?), \(integration.team as String?), \(integration.isActive),
                        \(integration.createdAt), \(actor))
                """)
        } catch  where PostgresError.isUniqueViolation(error, of: "integration_name") {
            throw IntegrationError.nameTaken
        }
    }

    package func list(limit: Int) async throws -> [Integration] {
        try await db.all(
            Integration.self,
            """
            SELECT \(fragment: Self.columns) FROM alerting.integration WHERE deleted_at IS NULL ORDER BY name, id LIMIT \(limit)
            """)
    }

    package func find(_ id: IntegrationID) async throws -> Integration? {
        try await db.first(
            Integration.self,
            "SELECT \(fragment: Self.columns) FROM alerting.integration WHERE id = \(id) AND deleted_at IS NULL")
    }

    /// The live integration whose key this is.
    package func find(key: String) async throws -> Integration? {
        try await db.first(
            Integration.self,
            """
            SELECT \(fragment: Self.columns) FROM alerting.integration
             WHERE key_digest = \(Self.digest(key)) AND is_active AND deleted_at IS NULL
            """)
    }

    /// Its key is refused from then on; its alerts stay.
    /// - Returns: whether there was one.
    package func delete(_ id: IntegrationID, now: Date) async throws -> Bool {
        let deleted = try await db.execute(
            """
            UPDATE alerting.integration SET deleted_at = \(now), is_active = false WHERE id = \(id) AND deleted_at IS NULL
            """)
        return deleted == 1
    }

    private static func digest(_ key: String) -> Data {
        Data(hex: IntegrationKey.digest(key))
    }
}

extension Integration: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), name: try row("name"), kind: try row("kind"), defaultSeverity: try row("default_severity"),
            service: try row("service"), team: try row("team"), isActive: try row("is_active"), createdAt: try row("created_at"))
    }
}

extension Data {
    /// The bytes of hex text; empty for anything else.
    init(hex text: String) {
        let digits = text.utf8.compactMap { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
            self = Data()
            return
        }
        self = Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
