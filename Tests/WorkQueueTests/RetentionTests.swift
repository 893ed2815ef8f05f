import Contracts
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct RetentionTests {
    @Test(arguments: [
        (PartitionSpan.day, "2026-03-08T23:59:59Z", "20260308", "2026-03-09T00:00:00Z"),
        (.day, "2028-02-28T12:00:00Z", "20280228", "2028-02-29T00:00:00Z"),
        (.month, "2026-12-31T23:59:59Z", "202612", "2027-01-01T00:00:00Z"),
        (.month, "2028-02-01T00:00:00Z", "202802", "2028-03-01T00:00:00Z"),
    ])
    func spansFollowEachOtherWithoutAGap(span: PartitionSpan, instant: String, name: String, next: String) throws {
        let date = try #require(Date(rfc3339: instant))
        let start = span.start(of: date)
        #expect(span.name(of: start) == name)
        #expect(span.start(named: name) == start)
        #expect(span.start(of: date, offset: 1).rfc3339 == next)
    }

    @Test(arguments: ["default", "20261301", "2026030", "202603081", "x0260308"])
    func otherNamesAreNoSpan(name: String) {
        #expect(PartitionSpan.day.start(named: name) == nil)
    }

    @Test(
        arguments: [
            (Retained.alerts, nil, 400), (.incidents, nil, nil), (.incidents, "0", nil), (.incidents, "30", 30), (.deadMessages, "1", 1),
        ] as [(Retained, String?, Int?)])
    func daysAreSecondsAndNoughtIsForEver(what: Retained, text: String?, days: Int?) throws {
        let settings = Settings(text.map { [what.rawValue: $0] } ?? [:])
        #expect(try settings.retention(what) == days.map { TimeInterval($0 * 86_400) })
    }

    @Test(arguments: [(Retained.incidents, "29"), (.notifications, "13"), (.alerts, "3651"), (.audit, "-1"), (.onCall, "a year")])
    func whatIsTooShortOrNoNumberStopsTheStart(what: Retained, text: String) {
        #expect(throws: ConfigurationError.self) { try Settings([what.rawValue: text]).retention(what) }
    }

    /// Dead messages, one a day back from the fixture's start, the youngest first.
    private static func bury(_ queue: QueueFixture, _ count: Int) async throws {
        try await queue.db.execute(
            """
            INSERT INTO incident.outbox_dead (id, destination, message_id, body, created_at, attempts, crashes, died_at, reason)
            SELECT n, 'a', gen_random_uuid(), '{}', t, 0, 0, t, 'refused'
              FROM (SELECT n, \(QueueFixture.start)::timestamptz - n * interval '1 day' AS t FROM generate_series(0, \(count - 1)) n) x
            """)
    }

    private static func rule(_ queue: QueueFixture, days: Double, where condition: SQL = "true") -> RetentionRule {
        RetentionRule("incident.outbox_dead", .timestamp("died_at"), keep: days * 86_400, where: condition, database: queue.db)
    }

    @Test func oldRowsGoUnlessSomethingNeedsThem() async throws {
        try await QueueFixture.run { queue in
            try await Self.bury(queue, 20)
            let report = try await Self.rule(queue, days: 9.5, where: "t.id <> 19").run(now: QueueFixture.start)
            #expect(report == TickReport(handled: 9))
            #expect(try await queue.db.values(Int.self, "SELECT id FROM incident.outbox_dead ORDER BY id") == Array(0...9) + [19])
        }
    }

    @Test func rowsThatWaitForAPartitionGoByWholeMonths() async throws {
        try await QueueFixture.run { queue in
            // The fixture's start is the 15th of January 2027; what is older than two days goes only if it is from before that month.
            try await Self.bury(queue, 20)
            let rule = RetentionRule(
                "incident.outbox_dead", .timestamp("died_at"), keep: 2 * 86_400, beforeWhole: .month, database: queue.db)
            #expect(try await rule.run(now: QueueFixture.start) == TickReport(handled: 5))
            #expect(try await queue.db.values(Int.self, "SELECT max(id) FROM incident.outbox_dead") == [14])
        }
    }

    @Test func replicasShareTheWorkInBoundedPieces() async throws {
        try await QueueFixture.run { queue in
            try await Self.bury(queue, 2_500)
            let rule = Self.rule(queue, days: 0.5)
            #expect(try await rule.run(now: QueueFixture.start) == TickReport(handled: RetentionRule.batch, more: true))
            async let first = rule.run(now: QueueFixture.start)
            async let second = rule.run(now: QueueFixture.start)
            let together = try await first.handled + second.handled
            let rest = try await rule.run(now: QueueFixture.start).handled
            #expect(RetentionRule.batch + together + rest == 2_499)
            #expect(try await queue.count("outbox_dead") == 1)
        }
    }

    private struct Broken: RetentionJob {
        struct Fault: Error {}
        let table = "incident.nothing"
        let unit = RetentionUnit.rows
        func run(now: Date) async throws -> TickReport { throw Fault() }
    }

    @Test func oneTableThatFailsStopsNoOther() async throws {
        try await QueueFixture.run { queue in
            try await Self.bury(queue, 3)
            let sweep = RetentionSweep([Broken(), Self.rule(queue, days: 0.5)], metrics: queue.metrics)
            await #expect(throws: Broken.Fault.self) { try await sweep.tick(now: QueueFixture.start) }
            #expect(try await queue.count("outbox_dead") == 1)
            #expect(await queue.metric(#"tocsin_retention_removed_total{table="incident.outbox_dead",unit="rows"}"#) == 2)
            #expect(await queue.metric(#"tocsin_retention_removed_total{table="incident.nothing",unit="rows"}"#) == 0)
        }
    }
}
