import Foundation
import IncidentManagement
import Postgres
import Testing

/// A measurement, not a check: `ci/measure-claims.sh` runs it and prints the figure.
@Suite struct ClaimLatencyTests {
    private static let timers = Int(ProcessInfo.processInfo.environment["TOCSIN_MEASURE_CLAIMS"] ?? "") ?? 0
    private static let claims = 1_000

    @Test(.enabled(if: timers > 0)) func latencyOfAClaimAmongPendingTimers() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            // All but a few are due in the next days; due ones come in as they are claimed.
            for start in stride(from: 0, to: Self.timers, by: 10_000) {
                try await rig.administrator.api.execute(
                    """
                    INSERT INTO incident.incident (id, title, status, severity, source, service, created_at, updated_at, next_step_at, policy)
                    SELECT gen_random_uuid(), title, status, severity, source, service, created_at, updated_at,
                        \(Date.example) + (n + 60) * interval '100 ms', policy
                    FROM incident.incident, generate_series(\(start)::int, \(start + min(10_000, Self.timers - start) - 1)::int) AS n
                    WHERE id = \(id)
                    """)
            }
            try await rig.administrator.api.execute("ANALYZE incident.incident")
            let clock = ContinuousClock()
            var times: [Duration] = []
            var claimed = 0
            for turn in 0..<Self.claims {
                // A second further: ten more incidents are due.
                let now = Date.example + TimeInterval(turn)
                let start = clock.now
                let due = try await rig.escalations.claim(now: now, worker: "measured")
                times.append(clock.now - start)
                claimed += due.count
                // As an engine would: the next step is due later, and the lease is given back.
                try await rig.administrator.api.execute(
                    """
                    UPDATE incident.incident SET next_step_at = next_step_at + interval '30 days', lease_until = NULL
                    WHERE id = ANY(\(due.map(\.incident.id)))
                    """)
            }
            times.sort()
            print(
                "claims: \(Self.claims) among \(Self.timers) pending timers, \(claimed) rows, p50 \(times[Self.claims / 2]), "
                    + "p99 \(times[Self.claims * 99 / 100]), max \(times[Self.claims - 1])")
            #expect(claimed > Self.claims)
        }
    }
}
