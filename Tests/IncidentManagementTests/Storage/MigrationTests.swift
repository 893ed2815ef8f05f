import Postgres
import TestSupport
import Testing

@Suite struct MigrationTests {
    /// A check that reads every row holds the table from the release before, which for incidents means pages without permits.
    @Test func columnsThatCameLaterAreCheckedWithoutReadingOldIncidents() async throws {
        try await IncidentRig.run { rig in
            let unread = try await rig.database.api.values(
                String.self,
                "SELECT conname::text FROM pg_constraint WHERE conrelid = 'incident.incident'::regclass AND NOT convalidated ORDER BY 1")
            #expect(unread == ["incident_told_severity", "incident_traceparent"])
        }
    }
}
