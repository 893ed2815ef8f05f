import CoreMetrics
import Foundation
import Logging
import Postgres
import ServiceKit
import Synchronization

/// One destination of a relay: its batch, its back-off, its counters.
final class OutboxLane: Sendable {
    let destination: any OutboxDestination
    private let table: LeasedTable
    private let burial: Burial
    private let database: PostgresLane
    private let worker: String
    private let backOff: BackOff
    private let lease: Duration
    private let logger: Logger
    private let chance: @Sendable () -> Double
    private let rest = Mutex(DestinationRest())
    private let inbox = LeasedInbox<Letter>()

    init(
        destination: any OutboxDestination, outbox: Outbox, database: PostgresLane, worker: String, backOff: BackOff, lease: Duration,
        metrics: any MetricsFactory, logger: Logger, chance: @escaping @Sendable () -> Double
    ) {
        let counters = QueueCounters(queue: "outbox", lane: destination.name, metrics: metrics)
        self.destination = destination
        table = .outbox(outbox.schema, counters: counters)
        burial = .outbox(outbox.schema, counters: counters)
        self.database = database
        self.worker = worker
        self.backOff = backOff
        self.lease = lease
        self.chance = chance
        var logger = logger
        logger[metadataKey: "outbox.destination"] = "\(destination.name)"
        self.logger = logger
        outbox.inboxes.add(
            OutboxInboxes.Relay(inbox: inbox, worker: worker, lease: lease, batchLimit: destination.batchLimit), of: destination.name)
    }

    /// Messages may be leased for it as they are written, unless its destination is left alone.
    func idles(at now: Date) {
        if !rest.withLock({ $0.isResting(at: now) }) { inbox.open() }
    }

    /// Hands back what nobody will deliver here any more.
    func ends() async {
        await handBack(await inbox.close())
    }

    func relay(now: Date, clock: any Clock) async throws -> TickReport {
        let given = inbox.take()
        guard !rest.withLock({ $0.isResting(at: now) }) else {
            await handBack(given)
            return TickReport(handled: 0, rests: true)
        }
        let batchLimit = min(rest.withLock { $0.reach } ?? destination.batchLimit, destination.batchLimit)
        guard given.isEmpty else {
            // Several transactions may have had a place at the same time.
            await handBack(Array(given.dropFirst(batchLimit)))
            let letters = Array(given.prefix(batchLimit))
            table.countGiven(letters.count)
            let (freed, isDown) = try await relay(letters, now: now, clock: clock)
            return TickReport(handled: freed.count, soon: true, rests: isDown)
        }
        let claim = try await table.claim(
            database, where: "t.destination = \(destination.name)", now: now, limit: batchLimit, lease: lease, worker: worker)
        guard !claim.isEmpty else { return .idle }
        // A message cannot crash anybody by itself, so one whose relays died is sent on, alone, and never buried for it.
        let letters = try (claim.rows + claim.poisoned).map { Letter(lease: $0.lease, item: try OutboxItem($0)) }
        let (freed, isDown) = try await relay(letters, now: now, clock: clock)
        let more = !isDown && (claim.more || freed.contains { $0.orderingKey != nil })
        return TickReport(handled: freed.count, more: more, rests: isDown)
    }

    /// - Returns: what is no longer in the way of its key, and whether the destination is down.
    private func relay(_ letters: [Letter], now: Date, clock: any Clock) async throws -> (freed: [OutboxItem], isDown: Bool) {
        let expired = letters.filter { $0.item.isExpired(at: now) }
        let current = letters.filter { !$0.item.isExpired(at: now) }
        var isDown = false
        var freed: [OutboxItem] = []
        if !current.isEmpty {
            let answers = await destination.deliver(current.map(\.item))
            if answers.count != current.count { logger.error("destination left items without an answer") }
            let verdict = Verdict(current, answers)
            isDown = try await record(verdict, now: clock.now)
            freed = (verdict.done + verdict.refused.map(\.0)).map(\.item)
        }
        try await bury(expired.map { ($0, nil) }, .expired, now: now)
        freed += expired.map(\.item)
        return (freed, isDown)
    }

    /// Without an answer of the database their leases run out.
    private func handBack(_ letters: [Letter]) async {
        guard !letters.isEmpty else { return }
        do {
            try await table.release(database, letters.map(\.lease))
        } catch {
            logger.warning("messages not handed back", metadata: ["outbox.count": "\(letters.count)", "error.message": "\(error)"])
        }
    }

    private func record(_ verdict: Verdict, now: Date) async throws -> Bool {
        let isDown = note(verdict, now: now)
        let restEnd = rest.withLock { $0.until }
        let isAlone = verdict.waiting.count == 1
        try await table.settleSent(database, verdict.done.map(\.lease))
        let retries = verdict.waiting.map { letter, reason, wish in
            let delay = backOff.delay(after: letter.lease.attempts, wish: wish, chance: chance())
            // One that failed by itself may be the reason: it comes back behind those that wait for it.
            let date = !isDown ? now.adding(delay) : isAlone ? max(restEnd, now.adding(delay)) : restEnd
            return Postponement(lease: letter.lease, date: date, reason: reason)
        }
        try await table.retry(database, retries)
        for (letter, reason) in verdict.refused {
            logger.error("message refused", metadata: ["outbox.message_id": "\(letter.item.messageID)", "outbox.reason": "\(reason)"])
        }
        try await bury(verdict.refused.map { ($0, $1) }, .refused, now: now)
        return isDown
    }

    /// Keeps the destination's state, and tells of a change of it once.
    private func note(_ verdict: Verdict, now: Date) -> Bool {
        guard verdict.isDown else {
            if rest.withLock({ $0.succeeded() }) { logger.notice("destination is back") }
            return false
        }
        let failures = rest.withLock { rest in
            rest.failed(at: now, backOff, wish: verdict.wish, chance: chance())
            return rest.failures
        }
        if failures == 1 { logger.warning("destination is down", metadata: ["outbox.reason": "\(verdict.waiting.first?.1 ?? "")"]) }
        return true
    }

    /// Each in a transaction of its own, so that one whose destination cannot bear the news does not hold up the others; it is tried again.
    private func bury(_ letters: [(Letter, detail: String?)], _ reason: BurialReason, now: Date) async throws {
        if reason == .expired, !letters.isEmpty { logger.warning("messages expired", metadata: ["outbox.count": "\(letters.count)"]) }
        for (letter, detail) in letters {
            do {
                try await bury(letter, reason, detail: detail, now: now)
            } catch let error as any TransientFailure where error.isTransient {
                throw error
            } catch {
                logger.error("message not buried", metadata: ["outbox.message_id": "\(letter.item.messageID)", "error": "\(error)"])
                let delay = backOff.delay(after: letter.lease.attempts, wish: nil, chance: chance())
                try await table.retry(database, letter.lease, at: now.adding(delay), reason: "not buried")
            }
        }
    }

    private func bury(_ letter: Letter, _ reason: BurialReason, detail: String?, now: Date) async throws {
        try await database.transaction { [burial, destination] tx in
            guard try await burial.bury(tx, [letter.lease], reason: reason, detail: detail, now: now) == 1 else { return }
            try await destination.buried(letter.item, reason: reason, in: tx)
        }
    }
}
