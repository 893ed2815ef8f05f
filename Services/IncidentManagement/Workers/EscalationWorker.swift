import Contracts
package import Foundation
package import Logging
package import ServiceKit
import WorkQueue

/// Fires the escalation steps that are due.
///
/// A cycle: take what the intake leased for this engine, else claim due incidents; find the people of each one's step, record firing, pages and next due time. Any replica may run it; the
/// record is made only if the incident is still as the worker saw it.
package struct EscalationWorker: Worker {
    package let name = "escalation"
    /// Between two looks: no bell tells that a step's minute has come, and 99 of 100 are to be at most a second late.
    static let interval: Duration = .milliseconds(500)
    /// Questions to OnCall at once: enough to hide its latency, few enough not to fill its pool.
    private static let concurrency = 8

    private let store: EscalationStore
    private let decider: StepDecider
    private let inbox: EngineInbox
    private let metrics: IncidentMetrics
    private let logger: Logger

    package init(store: EscalationStore, decider: StepDecider, inbox: EngineInbox, metrics: IncidentMetrics, logger: Logger) {
        self.store = store
        self.decider = decider
        self.inbox = inbox
        self.metrics = metrics
        self.logger = logger
    }

    package func tick(now: Date) async throws -> TickReport {
        let given = inbox.rows.take()
        guard given.isEmpty else {
            // One may have opened between the reading of `now` and this, and a step is never early.
            let now = given.compactMap(\.incident.escalation.nextStepAt).reduce(now, max)
            var report = try await fire(given, now: now)
            report.soon = true
            return report
        }
        return try await fire(try await store.claim(now: now, worker: inbox.worker), now: now)
    }

    package func idles(at now: Date) {
        inbox.rows.open()
    }

    /// Without an answer of the database their leases run out.
    package func ends() async {
        await handBack(await inbox.rows.close())
    }

    private func handBack(_ left: [EscalationStore.Due]) async {
        guard !left.isEmpty else { return }
        do {
            try await store.release(left)
        } catch {
            logger.warning("escalation steps not handed back", metadata: ["count": "\(left.count)", "error.message": "\(error)"])
        }
    }

    private func fire(_ due: [EscalationStore.Due], now: Date) async throws -> TickReport {
        guard !due.isEmpty else { return .idle }
        let (outcomes, postponed) = await decide(due, now: now)
        await handBack(postponed)
        let recorded: Set<IncidentID>
        do {
            recorded = try await store.record(outcomes, at: now)
        } catch {
            let decided = Set(outcomes.map(\.incident.id))
            if EscalationStore.isPassing(error) { await handBack(due.filter { decided.contains($0.incident.id) }) }
            throw error
        }
        for outcome in outcomes where recorded.contains(outcome.incident.id) {
            metrics.stepped(outcome)
        }
        let moreDue = outcomes.contains { outcome in outcome.next.nextStepAt.map { $0 <= now } ?? false }
        return TickReport(handled: recorded.count, more: due.count == EscalationStore.batchLimit || moreDue)
    }

    private enum Decided: Sendable {
        case outcome(StepOutcome)
        /// The database did not answer in time, or this process stops: due again at once.
        case postponed(EscalationStore.Due)
        /// Nobody knows why it failed: tried again when its lease has run out, and after the third time its fallback is paged.
        case failed
    }

    private func decide(_ due: [EscalationStore.Due], now: Date) async -> (outcomes: [StepOutcome], postponed: [EscalationStore.Due]) {
        let reach = OnCallReach()
        return await withTaskGroup(of: Decided.self) { group in
            var waiting = due[...]
            for item in waiting.prefix(Self.concurrency) { group.addTask { await outcome(of: item, reach, now: now) } }
            waiting = waiting.dropFirst(Self.concurrency)
            var (outcomes, postponed): ([StepOutcome], [EscalationStore.Due]) = ([], [])
            for await decided in group {
                switch decided {
                case .outcome(let outcome): outcomes.append(outcome)
                case .postponed(let item): postponed.append(item)
                case .failed: break
                }
                if WorkerLoop.isStopAsked {
                    postponed += waiting
                    waiting = []
                }
                if let item = waiting.popFirst() { group.addTask { await self.outcome(of: item, reach, now: now) } }
            }
            return (outcomes, postponed)
        }
    }

    private func outcome(of due: EscalationStore.Due, _ reach: OnCallReach, now: Date) async -> Decided {
        await TraceContext.following(due.incident.trace) { () async -> Decided in
            do {
                return .outcome(try await decider.outcome(of: due, reach: reach, now: now))
            } catch {
                logger.warning("escalation step postponed", metadata: ["incident.id": "\(due.incident.id)", "error.message": "\(error)"])
                return EscalationStore.isPassing(error) ? .postponed(due) : .failed
            }
        }
    }
}
