import Contracts
import Foundation
import IncidentManagement
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import Synchronization
import Testing

@Suite struct InvariantTests {
    private static func store(_ rig: IncidentRig) -> InvariantStore {
        InvariantStore(rig.database.workers, outbox: rig.outbox, signals: rig.signals)
    }

    private static func broken(_ rig: IncidentRig, at now: Date) async throws -> [String: InvariantFinding] {
        let findings = try await store(rig).inspect(at: now)
        return Dictionary(uniqueKeysWithValues: findings.filter { $0.violations > 0 }.map { ($0.invariant, $0) })
    }

    @Test func nothingIsWrongWithIncidentsInEveryState() async throws {
        try await IncidentRig.run { rig in
            let ids = try await rig.open(4)
            try await rig.settle([rig.engine()], at: .example)
            _ = try await rig.apply(.acknowledge, to: ids[0], at: .example)
            _ = try await rig.apply(.resolve(note: nil), to: ids[1], at: .example)
            _ = try await rig.apply(.delete, to: ids[2], at: .example)
            try await rig.administrator.api.execute("DELETE FROM incident.outbox")
            #expect(try await Self.broken(rig, at: .example + 20).isEmpty)
        }
    }

    @Test func openIncidentWithoutATimerIsPagedAgain() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            try await rig.administrator.api.execute("UPDATE incident.incident SET next_step_at = NULL")
            try await rig.administrator.api.execute("DELETE FROM incident.outbox")
            #expect(try await Self.broken(rig, at: .example + 60) == ["I1": InvariantFinding("I1", violations: 1, repaired: 1)])
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().map(\.epoch) == [2])
            #expect(try await rig.timeline(id).contains(.escalationRestarted))
            try await rig.administrator.api.execute("DELETE FROM incident.outbox")
            #expect(try await Self.broken(rig, at: .example + 61).isEmpty)
        }
    }

    @Test func timerThatNobodyFiresIsSeenAfterTenSeconds() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(2)
            #expect(try await Self.broken(rig, at: .example + 10).isEmpty)
            #expect(try await Self.broken(rig, at: .example + 11) == ["I2": InvariantFinding("I2", violations: 2)])
        }
    }

    @Test func pageWhoseOutcomeNeverCameCountsAsExpired() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            try await rig.administrator.api.execute("DELETE FROM incident.outbox")
            try await rig.administrator.api.execute("UPDATE incident.incident SET next_step_at = \(Date.example + 7_200)")
            #expect(try await Self.broken(rig, at: .example + 2_100).isEmpty)
            #expect(try await Self.broken(rig, at: .example + 2_101)["I3"] == InvariantFinding("I3", violations: 1, repaired: 1))
            #expect(try await rig.incidents.find(.id(id)).escalation.nextStepAt == .example + 2_101)
            #expect(try await rig.timeline(id).contains(.notifyFailed))
        }
    }

    @Test func attemptBegunAfterTheAcknowledgeAndRowsLeftLyingAreSeen() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            try await rig.administrator.api.execute(
                """
                INSERT INTO incident.permit (attempt_id, page_id, incident_id, granted_at)
                VALUES (gen_random_uuid(), gen_random_uuid(), \(id), \(Date.example + 2))
                """)
            try await rig.administrator.api.execute("UPDATE incident.outbox SET expires_at = \(Date.example)")
            let broken = try await Self.broken(rig, at: .example + 11)
            #expect(Set(broken.keys) == ["I5", "I6", "I7"])
        }
    }

    @Test func onlyACompleteAndCleanAuditFeedsTheHeartbeat() async throws {
        struct Away: Error {}
        let answer = Mutex<[InvariantFinding]?>([InvariantFinding("I1", violations: 0)])
        let beats = Counted()
        let auditor = InvariantAuditor(
            [
                (
                    "scripted",
                    { _ in
                        guard let findings = answer.withLock({ $0 }) else { throw Away() }
                        return findings
                    }
                )
            ],
            invariants: ["I1"], heartbeat: { _ = beats.next() }, metrics: PrometheusMetricsFactory(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await auditor.tick(now: .example).handled == 0)
        answer.withLock { $0 = [InvariantFinding("I1", violations: 3, repaired: 2)] }
        #expect(try await auditor.tick(now: .example).handled == 2)
        answer.withLock { $0 = nil }
        _ = try await auditor.tick(now: .example)
        #expect(beats.next() == 2)
    }

    @Test func acceptedIncidentThatIsNotThereIsFoundAndToldAgain() async throws {
        try await IncidentRig.run { rig in
            let known = try await rig.open(2)
            let lost = IncidentID.make(at: .example)
            let told = Told()
            let clean = try await Self.audit(AcceptedGroups(incidents: known, orphans: 0), rig, told)
            #expect(clean == InvariantFinding("I8", violations: 0))
            #expect(told.ids.isEmpty)
            let finding = try await Self.audit(AcceptedGroups(incidents: known + [lost], orphans: 2), rig, told)
            #expect(finding == InvariantFinding("I8", violations: 3, repaired: 1))
            #expect(told.ids == [lost])
        }
    }

    private static func audit(_ groups: AcceptedGroups, _ rig: IncidentRig, _ told: Told) async throws -> InvariantFinding {
        let audit = AcceptedAlertAudit(
            accepted: { groups }, reopen: { told.hear($0.incidents) }, incidents: IncidentStore(rig.database.workers))
        return try await audit.inspect()
    }

    /// Two daemons look after some of the rules; neither's zero hides what the other found.
    @Test func gaugeShowsWhatAllInspectionsFoundTogether() async throws {
        let metrics = PrometheusMetricsFactory()
        let auditor = InvariantAuditor(
            [
                ("one", { _ in [InvariantFinding("I3", violations: 2, repaired: 1)] }),
                ("two", { _ in [InvariantFinding("I3", violations: 0)] }),
            ],
            invariants: ["I3"], heartbeat: nil, metrics: metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await auditor.tick(now: .example).handled == 1)
        #expect(await metrics.exposition(.text).contains(#"tocsin_invariant_violations{invariant="I3"} 2"#))
    }

    /// ESC-7: the plans use the narrow indexes, so that a pass costs the same whatever the tables hold.
    @Test func auditReadsNoWholeTable() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            for _ in 1...10 {
                try await rig.administrator.api.execute(
                    """
                    INSERT INTO incident.incident (id, title, status, severity, source, service, created_at, updated_at, policy)
                    SELECT gen_random_uuid(), title, 'acknowledged', severity, source, service, created_at, updated_at, policy
                    FROM incident.incident, generate_series(1, 2000) WHERE id = \(id)
                    """)
            }
            try await rig.administrator.api.execute("ANALYZE incident.incident")
            for (query, index) in [
                (
                    "SELECT id FROM incident.incident WHERE status = 'open' AND deleted_at IS NULL AND next_step_at IS NULL ORDER BY id LIMIT 100",
                    "incident_without_timer"
                ),
                (
                    "SELECT FROM incident.incident WHERE next_step_at < now() AND status = 'open' AND deleted_at IS NULL LIMIT 1000",
                    "incident_due"
                ),
                (
                    "SELECT id FROM incident.page WHERE status = 'pending' AND created_at < now() ORDER BY created_at LIMIT 100",
                    "page_pending"
                ),
            ] {
                let plan = try await rig.administrator.api.transaction { transaction in
                    try await transaction.execute("SET LOCAL enable_seqscan = off")
                    let rows = try await transaction.query("EXPLAIN \(unsafeSQL: query)")
                    return try rows.map { try $0("QUERY PLAN", as: String.self) }.joined(separator: "\n")
                }
                #expect(plan.contains(index), "\(plan)")
            }
        }
    }
}

/// AlertIngestion's ear for incidents that are not there.
private final class Told: Sendable {
    private let all = Mutex<[IncidentID]>([])

    var ids: [IncidentID] { all.withLock { $0 } }

    func hear(_ ids: [IncidentID]) -> LostIncidentsAnswer {
        all.withLock { $0 += ids }
        return LostIncidentsAnswer(reopened: ids.count)
    }
}
