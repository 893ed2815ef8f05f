import Postgres
import TestSupport
import Testing

@Suite struct MigrationTests {
    @Test func columnThatCameLaterIsCheckedWithoutReadingOldPages() async throws {
        try await Bench.run { bench in
            let unread = try await bench.database.api.values(
                String.self,
                "SELECT conname::text FROM pg_constraint WHERE conrelid = 'notification.page'::regclass AND NOT convalidated ORDER BY 1")
            #expect(unread == ["page_traceparent"])
        }
    }
}
