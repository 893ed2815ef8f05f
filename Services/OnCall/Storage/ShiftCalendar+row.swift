import Contracts
import Foundation
package import Postgres

extension ShiftCalendar: RowDecodable {
    /// What ``init(row:)`` reads; append a WHERE.
    static let select: SQL = """
        SELECT c.id, t.name AS team, c.person_name, c.person_email, c.role, c.title, c.reminder_minutes, c.owner_email, c.created_at
        FROM oncall.calendar c LEFT JOIN oncall.team t ON t.id = c.team_id
        """

    package init(row: PostgresRow) throws {
        let subject: Subject =
            if let team: String = try row("team") {
                .team(team)
            } else {
                .person(Responder(name: try row("person_name"), email: try row("person_email")))
            }
        self.init(
            id: try row("id"), subject: subject, role: try row("role"), title: try row("title"), reminders: try row("reminder_minutes"),
            owner: try row("owner_email"), createdAt: try row("created_at"))
    }

    var person: Responder? {
        if case .person(let person) = subject { person } else { nil }
    }
}
