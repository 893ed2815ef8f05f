import Contracts
import Foundation
import Notification
import Postgres
import TestSupport
import Testing

/// A list reads what it lists, however rare that is among the pages there are.
@Suite struct NotificationListPlanTests {
    static let filters: [(String, NotificationStore.Filter)] = [
        ("rare state", NotificationStore.Filter(states: [.pending], limit: 51)),
        ("two states", NotificationStore.Filter(states: [.exhausted, .expired], limit: 51)),
        ("a sender's incident", NotificationStore.Filter(reference: "EXT-1", limit: 51)),
        ("next page", NotificationStore.Filter(states: [.cancelled], before: .make(at: Samples.now), limit: 51)),
    ]

    @Test(arguments: filters) func listReadsNoMoreThanItShows(_ what: String, _ filter: NotificationStore.Filter) async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            _ = try await bench.worker(channels: [RecordingChannel(.email)]).tick(now: bench.now)
            let columns = try await bench.database.api.values(
                String.self,
                """
                SELECT attname::text FROM pg_attribute
                WHERE attrelid = 'notification.page'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                  AND attname NOT IN ('id', 'incident_reference')
                """
            ).joined(separator: ", ")
            for start in stride(from: 2, to: 20_000, by: 2_000) {
                try await bench.database.api.execute(
                    """
                    INSERT INTO notification.page (id, incident_reference, \(unsafeSQL: columns))
                    SELECT gen_random_uuid(), 'EXT-' || n, \(unsafeSQL: columns)
                      FROM (SELECT * FROM notification.page WHERE incident_reference IS NULL) one, generate_series(\(start), \(start + 1_999)) n
                    """)
            }
            try await bench.database.api.execute("ANALYZE notification.page")
            let plan = try await bench.database.api.values(
                String.self, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) \(fragment: NotificationStore.statement(filter))")
            let removed = plan.compactMap { line in
                line.components(separatedBy: "Rows Removed by Filter: ").dropFirst().first.flatMap { Int($0) }
            }
            #expect(removed.allSatisfy { $0 < 100 }, "\(plan.joined(separator: "\n"))")
            #expect(!plan.contains { $0.contains("Seq Scan on page") }, "\(plan.joined(separator: "\n"))")
        }
    }
}
