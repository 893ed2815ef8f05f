package import CoreMetrics
package import Foundation
package import Postgres

/// Work a daemon has promised to itself: rows of `<schema>.job` in lanes, each worked on under a lease.
///
/// A settled job is deleted. A job that took its worker down three times in a row, or is past its `expires_at`, is buried by the next claim.
/// Every operation returns whether (how many of) the leases were still held; a lost one changes nothing and is counted as stale.
package struct JobQueue: Sendable {
    package let table: LeasedTable
    private let burial: Burial
    private let qualified: String

    /// - Parameter metrics: counts under `queue="<table>"` when given.
    package init(schema: String, table: String = "job", metrics: (any MetricsFactory)? = nil) {
        qualified = "\(schema).\(table)"
        let counters = metrics.map { QueueCounters(queue: table, metrics: $0) }
        self.table = LeasedTable(qualified, returning: Job.columns, counters: counters)
        burial = Burial(
            kept: ["id", "lane", "kind", "job_key", "payload", "expires_at", "created_at", "attempts", "crashes"], table: self.table)
    }

    /// Adds jobs in one statement; a job whose key is already waiting is left out.
    /// - Returns: how many were added.
    @discardableResult
    package func enqueue(_ jobs: [NewJob], in db: any PostgresSession, now: Date) async throws -> Int {
        guard !jobs.isEmpty else { return 0 }
        return try await db.execute(
            """
            INSERT INTO \(unsafeSQL: qualified) (lane, kind, job_key, payload, run_at, expires_at, created_at)
            SELECT lane, kind, job_key, payload, run_at, expires_at, \(now)
              FROM unnest(\(jobs.map(\.lane))::text[], \(jobs.map(\.kind))::text[], \(jobs.map(\.key))::text[], \(jobs.map(\.payload))::text[],
                          \(jobs.map(\.runAt))::timestamptz[], \(jobs.map(\.expiresAt))::timestamptz[])
                   WITH ORDINALITY AS new (lane, kind, job_key, payload, run_at, expires_at, place)
             ORDER BY place
            ON CONFLICT (job_key) DO NOTHING
            """)
    }

    /// Leases due jobs of a lane, oldest first, and buries the poisoned and the expired among them.
    package func claim(
        _ db: PostgresLane, lane: String, now: Date, limit: Int, lease: Duration = Lease.usual, worker: String
    ) async throws -> JobClaim {
        let claim = try await table.claim(db, where: "t.lane = \(lane)", now: now, limit: limit, lease: lease, worker: worker)
        _ = try await burial.bury(db, claim.poisoned.map(\.lease), reason: .poisoned, detail: nil, now: now)
        let jobs = try claim.rows.map(Job.init)
        let expired = jobs.filter { $0.expiresAt.map { $0 <= now } ?? false }
        _ = try await burial.bury(db, expired.map(\.lease), reason: .expired, detail: nil, now: now)
        return JobClaim(jobs: jobs.filter { $0.expiresAt.map { $0 > now } ?? true }, more: claim.more)
    }

    @discardableResult
    package func settle(_ db: any PostgresSession, _ leases: [Lease]) async throws -> Int {
        try await table.settle(db, leases)
    }

    @discardableResult
    package func retry(_ db: any PostgresSession, _ lease: Lease, at date: Date, reason: String) async throws -> Bool {
        try await table.retry(db, lease, at: date, reason: reason)
    }

    @discardableResult
    package func renew(_ db: any PostgresSession, _ lease: Lease, now: Date, for span: Duration = Lease.usual) async throws -> Bool {
        try await table.renew(db, lease, now: now, for: span)
    }

    /// Hands back jobs that were not begun (graceful stop).
    @discardableResult
    package func handBack(_ db: any PostgresSession, _ leases: [Lease]) async throws -> Int {
        try await table.release(db, leases)
    }

    /// Moves a job to `job_dead`.
    @discardableResult
    package func bury(
        _ db: any PostgresSession, _ lease: Lease, reason: BurialReason = .failed, detail: String, now: Date
    ) async throws -> Bool {
        try await burial.bury(db, [lease], reason: reason, detail: detail, now: now) == 1
    }

    /// Puts buried jobs back, due at `now`; one whose key is waiting again is dropped.
    @discardableResult
    package func replay(_ db: any PostgresSession, _ ids: [Int64], now: Date) async throws -> Int {
        try await burial.replay(db, ids, now: now)
    }
}
