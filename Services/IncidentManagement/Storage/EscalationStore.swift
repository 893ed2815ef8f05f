package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// The escalation timers: columns of the incident, claimed under a lease and moved only by whoever holds the fence.
package struct EscalationStore: Sendable {
    /// Incidents one tick takes: as many as OnCall answers for well within the lease.
    package static let batchLimit = 64
    /// Longer than the slowest OnCall answer by far, so that a live engine never loses its lease.
    package static let lease: Duration = .seconds(30)

    private let lane: PostgresLane
    private let outbox: Outbox
    private let table = EscalationStore.due
    /// Open incidents by the time of their next step.
    package static let due = LeasedTable(
        "incident.incident", keyType: .uuid, due: "next_step_at", where: "t.status = 'open' AND t.deleted_at IS NULL",
        returning: Incident.columnNames
    )

    package init(_ lane: PostgresLane, outbox: Outbox) {
        self.lane = lane
        self.outbox = outbox
    }

    /// An incident whose timer is due, held by this worker.
    package struct Due: Sendable {
        package let incident: Incident
        package let lease: Lease
        /// It took three engines down: it is not asked about again, its fallback is paged.
        package let isPoisoned: Bool

        package init(incident: Incident, lease: Lease, isPoisoned: Bool = false) {
            self.incident = incident
            self.lease = lease
            self.isPoisoned = isPoisoned
        }

        package var fence: Int64 { lease.fence }
    }

    package func claim(now: Date, worker: String) async throws -> [Due] {
        let claim = try await table.claim(
            lane, where: PagingStore.holds.isLifted, now: now, limit: Self.batchLimit, lease: Self.lease, worker: worker)
        return try claim.rows.map { try Due($0, isPoisoned: false) } + claim.poisoned.map { try Due($0, isPoisoned: true) }
    }

    /// Whether a step failed for what has nothing to do with its incident, such as a database that is away or has no connection free.
    ///
    /// A statement that takes too long may be the incident's own: that costs a lease, and after the third the fallback is paged instead of nobody.
    package static func isPassing(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.isTransient && error.kind != .deadline && error.sqlState != "57014"
    }

    /// Hands back incidents whose step was not begun.
    package func release(_ due: [Due]) async throws {
        try await table.release(lane, due.map(\.lease))
    }

    /// Records what was decided, for those incidents that are still as the engine saw them; the others were acted on meanwhile.
    /// - Returns: the ids recorded.
    package func record(_ outcomes: [StepOutcome], at now: Date) async throws -> Set<IncidentID> {
        guard !outcomes.isEmpty else { return [] }
        return try await lane.transaction { transaction in
            let recorded = try await move(outcomes, in: transaction, at: now)
            FiringStore.insertPages(recorded.flatMap { $0.firing?.pages ?? [] }, in: transaction, at: now)
            try TimelineStore.add(recorded.flatMap(\.entries), in: transaction)
            let messages = recorded.flatMap { ($0.firing?.pages ?? []) + ($0.firing?.notices ?? []) }
            outbox.add(try messages.map(OutboxMessage.page), in: transaction, now: now)
            // Last, because other engines' answers of the same target wait for this row, and this transaction may wait for an acknowledge before.
            try OnCallAnswerStore.remember(outcomes.compactMap(\.heard), in: transaction, at: now)
            for outcome in recorded where outcome.firing?.plan.changesIncident == true {
                try await change(outcome, in: transaction, at: now)
            }
            return Set(recorded.map(\.incident.id))
        }
    }

    /// How many alerts joined an incident since `since`, those that opened it included and repeats not: they are told minutes late, all at once.
    ///
    /// A line of before that says no number counts as one alert.
    package func alertsGained(_ incident: Incident, since: Date) async throws -> Int {
        guard incident.groupSeq > 0 else { return 0 }
        return try await lane.value(
            Int.self,
            """
            SELECT coalesce(sum(coalesce((details->>'joined')::bigint, 1)), 0)::bigint FROM incident.timeline_entry
            WHERE incident_id = \(incident.id) AND kind IN ('trigger', 'alerts_attached') AND at >= \(since)
            """
        )
    }

    /// What a step does to the incident itself, with its row locked since ``move(_:in:at:)``.
    private func change(_ outcome: StepOutcome, in transaction: PostgresTransaction, at now: Date) async throws {
        guard let plan = outcome.firing?.plan else { return }
        let store = IncidentStore(transaction)
        let before = try await store.lock(.id(outcome.incident.id))
        var incident = before
        var effects = IncidentEffects()
        let follows = try incident.apply(plan, by: StepOutcome.engineActor, at: now)
        for entry in follows.entries { effects.record(entry) }
        try effects.add(follows.effects, of: incident, by: StepOutcome.engineActor, at: now)
        guard incident != before else { return }
        try await store.save(incident)
        try effects.commit(in: transaction, outbox: outbox, now: now)
    }

    /// Moves the timers that are still as the engine saw them, and records the firings of those moved, with one wait.
    /// - Returns: the outcomes that count; of a step that has fired already, none.
    private func move(_ outcomes: [StepOutcome], in transaction: PostgresTransaction, at now: Date) async throws -> [StepOutcome] {
        let (moved, fired) = try await transaction.together(moves(of: outcomes, at: now), firings(of: outcomes, at: now))
        let incidents = Set(moved.map(\.id)), firings = Set(fired.map(\.id))
        return outcomes.filter { outcome in
            incidents.contains(outcome.incident.id) && (outcome.firing.map { firings.contains($0.id) } ?? true)
        }
    }

    private func moves(of outcomes: [StepOutcome], at now: Date) -> RowQuery<Identified<IncidentID>> {
        let seen = outcomes.map(\.incident.escalation)
        let next = outcomes.map(\.next)
        return RowQuery(
            """
            WITH seen AS (
                SELECT * FROM unnest(\(outcomes.map(\.incident.id)), \(outcomes.map(\.fence)), \(seen.map(\.epoch)), \(seen.map(\.step)),
                    \(seen.map(\.round)), \(seen.map(\.nextStepAt)), \(next.map(\.step)), \(next.map(\.round)), \(next.map(\.hasPagedInRound)),
                    \(next.map(\.nextStepAt)), \(next.map(\.firingID)), \(next.map(\.firstRound)), \(next.map(\.heldSince)),
                    \(next.map(\.exhaustedAt)), \(outcomes.map { !($0.firing?.pages ?? []).isEmpty }))
                AS s (id, fence, epoch, step, round, due, next_step, next_round, has_paged, next_due, firing_id, first_round, held_since,
                    exhausted_at, pages)
            ), held AS (
                SELECT i.id FROM incident.incident i JOIN seen ON seen.id = i.id ORDER BY i.id FOR UPDATE OF i
            )
            UPDATE incident.incident i SET step = seen.next_step, round = seen.next_round, has_paged_in_round = seen.has_paged,
                next_step_at = seen.next_due, firing_id = seen.firing_id, first_round = seen.first_round, held_since = seen.held_since,
                exhausted_at = seen.exhausted_at, updated_at = \(now), version = i.version + 1,
                notification_status = CASE WHEN seen.pages AND i.notification_status <> 'sent' THEN 'pending' ELSE i.notification_status END,
                \(fragment: table.freed)
            FROM seen JOIN held ON held.id = seen.id
            WHERE i.id = seen.id AND i.fence = seen.fence AND i.epoch = seen.epoch AND i.step = seen.step AND i.round = seen.round
                AND i.next_step_at = seen.due AND i.status = 'open' AND i.deleted_at IS NULL
            RETURNING i.id
            """
        )
    }

    /// A firing's id is new with every decision, so an incident that bears it is one this transaction has moved.
    private func firings(of outcomes: [StepOutcome], at now: Date) -> RowQuery<Identified<FiringID>> {
        let fired = outcomes.filter { $0.firing != nil }
        let firings = fired.compactMap(\.firing)
        return RowQuery(
            """
            INSERT INTO incident.firing (id, incident_id, epoch, step, round, result, fired_at, due_at)
            SELECT f.id, f.incident_id, f.epoch, f.step, f.round, f.result, \(now), f.due
            FROM unnest(\(firings.map(\.id)), \(fired.map(\.incident.id)), \(fired.map(\.incident.escalation.epoch)),
                \(firings.map(\.position.step)), \(firings.map(\.position.round)), \(firings.map(\.result)),
                \(fired.map { $0.incident.escalation.nextStepAt ?? now })) AS f (id, incident_id, epoch, step, round, result, due)
            JOIN incident.incident i ON i.id = f.incident_id AND i.firing_id = f.id
            ON CONFLICT (incident_id, epoch, step, round) DO NOTHING
            RETURNING id
            """
        )
    }
}

/// A row of which only the id matters.
private struct Identified<ID: RawRepresentable & Sendable>: RowDecodable where ID.RawValue: PostgresDecodable {
    let id: ID

    init(row: PostgresRow) throws { id = try row("id") }
}

extension EscalationStore.Due {
    fileprivate init(_ claimed: LeasedRow, isPoisoned: Bool) throws {
        self.init(incident: try Incident(row: claimed.row), lease: claimed.lease, isPoisoned: isPoisoned)
    }
}
