import Foundation
import Postgres
import TestSupport
import Testing
import WorkQueue

/// The claim reads the rows it takes and no others (reliability QUE-2), under good, stale and no statistics, planned with and without the values.
@Suite struct ClaimPlanTests {
    enum Statistics: CaseIterable { case none, stale, fresh }
    static let plannings = ["force_custom_plan", "force_generic_plan"]

    @Test(arguments: Statistics.allCases) func jobClaimBoundsItsIndexByTime(statistics: Statistics) async throws {
        try await QueueFixture.run { queue in
            try await Self.fill("job (lane, kind, run_at) SELECT 'a', 'x'", statistics, queue)
            let claim = queue.jobs.claimStatement(
                where: "t.lane = \("a")", now: queue.clock.now, limit: 32, lease: .seconds(30), worker: "w")
            for planning in Self.plannings {
                let plan = try await Self.explain(claim, planning, queue)
                #expect(plan.contains("Index Scan using job_ready on job t"))
                #expect(plan.contains { $0.contains("Index Cond") && $0.contains("run_at <=") && $0.contains("lane =") })
                #expect(!plan.contains { $0.contains("Seq Scan on job") })
            }
        }
    }

    @Test(arguments: Statistics.allCases) func outboxClaimBoundsItsIndexByTimeAndProbesOneKeyAtATime(statistics: Statistics) async throws {
        try await QueueFixture.run { queue in
            let columns = """
                outbox (destination, message_id, ordering_key, body, created_at, run_at)
                SELECT 'neighbour', gen_random_uuid(), 'k' || n, '{}', now()
                """
            try await Self.fill(columns, statistics, queue)
            let claim = queue.outbox.claimStatement(to: "neighbour", now: queue.clock.now, limit: 256, lease: .seconds(30), worker: "w")
            for planning in Self.plannings {
                let plan = try await Self.explain(claim, planning, queue)
                // Without statistics the planner reads the same index through a bitmap.
                #expect(
                    plan.contains {
                        $0.contains("Index Scan using outbox_ready on outbox t") || $0.contains("Bitmap Index Scan on outbox_ready")
                    })
                #expect(plan.contains { $0.contains("Index Cond") && $0.contains("run_at <=") && $0.contains("destination =") })
                #expect(plan.contains { $0.contains("using outbox_order on outbox older") })
                #expect(!plan.contains { $0.contains("Seq Scan on outbox") })
            }
        }
    }

    @Test func emptyPollOverAHundredThousandFutureRowsReadsNone() async throws {
        try await QueueFixture.run { queue in
            try await Self.fill("job (lane, kind, run_at) SELECT 'a', 'x'", .fresh, queue)
            try await queue.db.execute("DELETE FROM incident.job WHERE run_at <= \(queue.clock.now)")
            let claim = queue.jobs.claimStatement(
                where: "t.lane = \("a")", now: queue.clock.now, limit: 32, lease: .seconds(30), worker: "w")
            let plan = try await queue.db.values(String.self, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) \(fragment: claim)")
            let scan = plan.first { $0.contains("Index Scan using job_ready") } ?? ""
            #expect(scan.contains("actual rows=0"))
            #expect(!plan.contains { $0.contains("Rows Removed by Filter") })
        }
    }

    /// 100,000 rows of the future and 300 that are due; "stale" was analysed when the table had ten.
    private static func fill(_ insert: String, _ statistics: Statistics, _ queue: QueueFixture) async throws {
        let table = String(insert.prefix { $0 != " " })
        let now = queue.clock.now
        func add(_ range: ClosedRange<Int>, from start: Date) async throws {
            try await queue.db.execute(
                """
                INSERT INTO incident.\(unsafeSQL: insert), \(start) + n * interval '1 millisecond'
                  FROM generate_series(\(range.lowerBound), \(range.upperBound)) n
                """)
        }
        try await queue.db.execute("ALTER TABLE incident.\(unsafeSQL: table) SET (autovacuum_enabled = off)")
        try await add(1...10, from: now.addingTimeInterval(-100))
        if statistics == .stale { try await queue.db.execute("ANALYZE incident.\(unsafeSQL: table)") }
        try await add(11...300, from: now.addingTimeInterval(-100))
        // In pieces, because the role has the daemons' statement_timeout.
        for piece in 1...20 { try await add(piece * 5_000...(piece + 1) * 5_000 - 1, from: now) }
        if statistics == .fresh { try await queue.db.execute("ANALYZE incident.\(unsafeSQL: table)") }
    }

    /// Plans it as a prepared statement, since EXPLAIN by itself always knows the values.
    private static func explain(_ statement: SQL, _ planning: String, _ queue: QueueFixture) async throws -> [String] {
        let now = "to_timestamp(\(queue.clock.now.timeIntervalSince1970))"
        return try await queue.db.transaction { tx in
            try await tx.execute("SET LOCAL plan_cache_mode = \(unsafeSQL: planning)")
            try await tx.execute("PREPARE claim AS \(unsafeSQL: statement.text)")
            let plan = try await tx.values(
                String.self, "EXPLAIN (COSTS OFF) EXECUTE claim ('lane', \(unsafeSQL: now), \(unsafeSQL: now), \(unsafeSQL: now), 'w')")
            try await tx.execute("DEALLOCATE claim")
            return plan.map { String($0.drop { " ->".contains($0) }) }
        }
    }
}
