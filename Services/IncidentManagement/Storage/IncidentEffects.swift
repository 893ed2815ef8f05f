import Contracts
import Foundation
import Postgres
import WorkQueue

/// Carries out what events ask for: timeline rows and outbox rows, in the transaction that changed the incidents.
struct IncidentEffects {
    private var entries: [TimelineEntry] = []
    private var messages: [OutboxMessage] = []

    mutating func add(_ effects: [IncidentEffect], of incident: Incident, by actor: String, note: String? = nil, at now: Date) throws {
        for effect in effects {
            switch effect {
            case .record(let kind, let own):
                entries.append(TimelineEntry(incidentID: incident.id, at: now, kind: kind, actor: actor, note: own ?? note))
            case .raiseEpoch(let reason):
                let message = EpochRaised(incidentID: incident.id, epoch: incident.escalation.epoch, reason: reason.rawValue)
                messages.append(try .epochRaised(message, at: now))
            case .closeGroup(let reason) where incident.groupSeq > 0:
                let end = IncidentClosed(incidentID: incident.id, reason: reason, groupSeq: incident.groupSeq, closedAt: now)
                messages.append(try .closed(end))
            case .closeGroup:
                break
            case .reopenGroup:
                messages.append(
                    try .reopened(IncidentReopened(incidentID: incident.id, groupSeq: incident.groupSeq, reopenedAt: now)))
            }
        }
    }

    mutating func record(_ entry: TimelineEntry) {
        entries.append(entry)
    }

    mutating func send(_ message: OutboxMessage) {
        messages.append(message)
    }

    func commit(in transaction: PostgresTransaction, outbox: Outbox, now: Date) throws {
        try TimelineStore.add(entries, in: transaction)
        outbox.add(messages, in: transaction, now: now)
    }
}
