import Foundation
import IncidentManagement
import Postgres
import TestSupport
import Testing
import WorkQueue

/// The claim must find the few timers among any number of incidents, also by a plan that was made without knowing the time.
@Suite struct TimerPlanTests {
    @Test(arguments: ["force_generic_plan", "force_custom_plan"])
    func claimLooksAtTimersOnly(planning: String) async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let database = rig.administrator.api
            for start in stride(from: 1, to: 20_000, by: 2_000) {
                try await database.execute(
                    """
                    INSERT INTO incident.incident (id, title, status, severity, source, service, created_at, updated_at, policy,
                                                   acknowledged_at, acknowledged_by, resolved_at, resolved_by)
                    SELECT gen_random_uuid(), title, CASE WHEN n > 1000 THEN 'resolved' ELSE 'acknowledged' END, severity, source, service,
                           created_at, updated_at, policy, created_at, 'x', CASE WHEN n > 1000 THEN created_at END, CASE WHEN n > 1000 THEN 'x' END
                    FROM incident.incident, generate_series(\(start), \(start + 1_999)) n WHERE id = \(id)
                    """)
            }
            try await database.execute("ANALYZE incident.incident")
            let statement = EscalationStore.due.claimStatement(
                where: "true", now: .example, limit: EscalationStore.batchLimit, lease: EscalationStore.lease, worker: "w")
            let plan = try await database.transaction { tx in
                try await tx.execute("SET LOCAL plan_cache_mode = \(unsafeSQL: planning)")
                try await tx.execute("SET LOCAL enable_seqscan = off")
                try await tx.execute("PREPARE claim AS \(unsafeSQL: statement.text)")
                let plan = try await tx.values(String.self, "EXPLAIN EXECUTE claim (now(), now(), now(), 'w')")
                try await tx.execute("DEALLOCATE claim")
                return plan.joined(separator: "\n")
            }
            #expect(plan.contains("incident_due") && !plan.contains("incident_unresolved"), "\(plan)")
        }
    }
}
