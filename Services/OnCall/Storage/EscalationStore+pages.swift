package import Foundation
package import Postgres

extension EscalationStore {
    /// How often each person was named for the team in answers whom to page, whoever asked; disabled accounts were not paged,
    /// nor whoever a schedule names that could not be read.
    ///
    /// A repeated question has one answer and counts once. Answers older than `ONCALL_RETENTION_DAYS` are gone.
    package func pages(of team: String, in range: Range<Date>) async throws -> [PageTally] {
        try await lane.all(
            PageTally.self,
            """
            SELECT person->>'name' AS name, coalesce(person->>'email', '') AS email,
                   CASE WHEN cardinality(teams) > 1 THEN escalated_at END AS shared_at, count(*) AS pages
              FROM oncall.escalation CROSS JOIN LATERAL jsonb_array_elements(answer->'recipients') AS person
             WHERE teams @> ARRAY[\(team)::text] AND escalated_at >= \(range.lowerBound) AND escalated_at < \(range.upperBound)
               AND person->>'reason' NOT IN ('account_disabled', 'schedule_unreadable')
             GROUP BY 1, 2, 3
            """
        )
    }
}

extension PageTally: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(name: try row("name"), email: try row("email"), sharedAt: try row("shared_at"), count: try row("pages"))
    }
}
