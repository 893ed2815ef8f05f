import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Turns submissions into rows: the one transaction in which alerts become durable, each once, and belong to an incident.
///
/// Statements per batch, whatever its size: lock the open alerts and their groups, decide in ``AcceptPlanner``, write what changed. What is not
/// touched costs no statement: a batch of repeats takes two writes, one of new alerts for open incidents three.
package struct AcceptStore: Sendable {
    /// How often a batch starts anew because a unique key was taken meanwhile. Each time the other transaction has committed, so that the next
    /// look sees its row; this many defeats in a row mean something else is wrong.
    static let raceLimit = 10

    let lane: PostgresLane
    let outbox: Outbox
    let idempotency: IdempotencyStore

    package init(lane: PostgresLane, outbox: Outbox, idempotency: IdempotencyStore) {
        self.lane = lane
        self.outbox = outbox
        self.idempotency = idempotency
    }

    /// Accepts all submissions in one transaction, or none.
    /// - Returns: a result for each, in their order.
    /// - Throws: `PostgresError`; ``IngestOverload`` after ``raceLimit`` lost races.
    package func accept(_ submissions: [Submission], now: Date) async throws -> [SubmissionResult] {
        for _ in 1...Self.raceLimit {
            do {
                return try await lane.transaction { tx in try await write(submissions, in: tx, now: now) }
            } catch let error as PostgresError where error.isLostRace {
                continue
            }
        }
        throw IngestOverload(reason: .contention)
    }

    private func write(_ submissions: [Submission], in tx: PostgresTransaction, now: Date) async throws -> [SubmissionResult] {
        let hot = HotTables(tx: tx)
        let known = try await knownAnswers(submissions, in: tx, now: now)
        let fresh = submissions.indices.filter { known[$0] == nil }
        let outcomes = try await correlate(fresh.flatMap { submissions[$0].alerts }, in: hot, now: now)
        try await QuarantineStore(db: tx).add(fresh.map { submissions[$0] }, now: now)
        var results = known
        var start = 0
        for index in fresh {
            let submission = submissions[index]
            let end = start + submission.alerts.count
            results[index] = .accepted(Array(outcomes[start..<end]), quarantined: submission.quarantined.count)
            try await keepAnswer(to: submission, Array(outcomes[start..<end]), in: tx)
            start = end
        }
        return submissions.indices.compactMap { results[$0] }
    }

    /// Locks, decides, writes.
    func correlate(_ alerts: [IncomingAlert], in hot: HotTables, now: Date) async throws -> [AcceptOutcome] {
        guard !alerts.isEmpty else { return [] }
        let triggers = alerts.filter { $0.event.action == .trigger }
        let (open, groups) = try await hot.lock(Set(alerts.map(\.key)).sorted(), accepting: Array(Set(triggers.map(\.event.correlation))))
        var planner = AcceptPlanner(now: now, alerts: open, groups: groups)
        let outcomes = alerts.map { planner.accept($0) }
        try await write(planner.changes(), in: hot, now: now)
        return outcomes
    }

    func write(_ changes: AcceptChanges, in hot: HotTables, now: Date) async throws {
        hot.update(changes.updatedGroups)
        hot.delete(changes.deletedGroups)
        hot.insert(changes.insertedGroups)
        hot.insert(changes.insertedAlerts)
        hot.update(changes.updatedAlerts)
        hot.delete(changes.deletedAlerts)
        let archive = AlertArchive(tx: hot.tx)
        archive.insert(changes.records)
        archive.complete(changes.ends)
        outbox.add(try changes.events.map(OutboxMessage.init(event:)), in: hot.tx, now: now)
    }
}

extension OutboxMessage {
    /// An event on its way to IncidentManagement, in order within its incident.
    init(event: AlertEventMessage) throws {
        self.init(
            destination: Peer.incidentManagement.rawValue, messageID: event.eventID.rawValue, orderingKey: event.incidentID.description,
            body: try WireJSON.encodeText(event))
    }
}
