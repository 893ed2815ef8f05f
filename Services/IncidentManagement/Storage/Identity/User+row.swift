import Contracts
package import Postgres

extension User: RowDecodable {
    /// What ``init(row:)`` reads.
    static let columns: SQL = "id, email, user_name, full_name, role, is_active, teams, time_zone, locale, created_at, version"

    package init(row: PostgresRow) throws {
        self.init(
            id: try row("id"), email: try row("email"), userName: try row("user_name"), fullName: try row("full_name"),
            role: try row("role"), isActive: try row("is_active"), teams: try row("teams"), timeZone: try row("time_zone"),
            locale: try row("locale"), createdAt: try row("created_at"), version: try row("version")
        )
    }
}
