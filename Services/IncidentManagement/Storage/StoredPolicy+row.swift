import Contracts
import Foundation
package import Postgres

extension StoredPolicy: RowDecodable {
    static let columns: SQL = """
        id, name, description, position, is_active, is_default, conditions, body, version, created_at, coalesce(updated_at, created_at) AS updated_at
        """

    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), name: try row("name"), description: try row("description"), position: try row("position"),
            isActive: try row("is_active"), isDefault: try row("is_default"),
            conditions: try? row.json("conditions", as: PolicyConditions.self), policy: try? row.policyBody(), version: try row("version"),
            createdAt: try row("created_at"), updatedAt: try row("updated_at")
        )
    }
}
