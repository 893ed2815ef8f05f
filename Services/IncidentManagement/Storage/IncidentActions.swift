package import Contracts
package import Foundation
package import Postgres
package import ServiceKit
package import WorkQueue

/// What people do to incidents; each action is one transaction that changes the row, its record and the outbox together.
package struct IncidentActions: Sendable {
    private let lane: PostgresLane
    private let outbox: Outbox
    private let signals: any SignalBus

    package init(_ lane: PostgresLane, outbox: Outbox, signals: any SignalBus) {
        self.lane = lane
        self.outbox = outbox
        self.signals = signals
    }

    package enum Declaration: Sendable {
        case declared(Incident)
        case replayed(IncidentID)
        /// The key was used with another body.
        case keyReused
    }

    /// Declares an incident by hand and starts its escalation.
    ///
    /// - Parameters:
    ///   - key: repeats the answer to an earlier request of the same key.
    ///   - unreadablePolicy: the name of the policy that should have taken it and cannot be read.
    package func declare(
        _ incident: Incident, by actor: String, once key: RequestKey?, unreadablePolicy: String? = nil, at now: Date
    ) async throws -> Declaration {
        try await lane.transaction { transaction in
            let store = IdempotencyStore(schema: "incident")
            if let key {
                switch try await store.begin(in: transaction, key, now: now) {
                case .fresh: break
                case .mismatch: return .keyReused
                case .replay(_, let body):
                    guard let id = IncidentID(body) else { return .keyReused }
                    return .replayed(id)
                }
            }
            var incident = incident
            incident.number = try await IncidentStore(transaction).insert([incident])[incident.id]?.number ?? 0
            var effects = IncidentEffects()
            try effects.add([.record(.trigger, note: nil)], of: incident, by: actor, at: now)
            if let unreadablePolicy { effects.record(.policyUnreadable(unreadablePolicy, of: incident.id, at: now)) }
            try effects.commit(in: transaction, outbox: outbox, now: now)
            if let key { try await store.complete(in: transaction, key, status: 201, body: incident.id.description) }
            transaction.afterCommit { signals.ring(SignalChannel.escalation) }
            return .declared(incident)
        }
    }

    /// What a person wants done to an incident, all of it or nothing.
    package struct Change: Sendable {
        /// Changes fields that are not state; returns field → `old → new`.
        package var edit: @Sendable (inout Incident) -> [String: String] = { _ in [:] }
        package var events: @Sendable (Incident) -> [IncidentEvent] = { _ in [] }
        package var note: String?
        /// The version the caller has seen (`If-Match`); nil to skip the check.
        package var version: Int?

        package init(version: Int? = nil) {
            self.version = version
        }
    }

    /// Makes a change under the row's lock.
    /// - Returns: the incident afterwards, and whether its state changed.
    /// - Throws: `IncidentError`.
    package func make(
        _ change: Change, to reference: IncidentReference, by actor: String, at now: Date
    ) async throws -> (incident: Incident, stateChanged: Bool) {
        try await lane.transaction { transaction in
            let before = try await IncidentStore(transaction).lock(reference)
            var incident = before
            if let version = change.version, version != incident.version { throw IncidentError.versionMismatch }
            var consequences = IncidentEffects()
            let details = change.edit(&incident)
            if !details.isEmpty {
                incident.version += 1
                incident.updatedAt = now
                consequences.record(
                    TimelineEntry(incidentID: incident.id, at: now, kind: .fieldValueChange, actor: actor, details: details)
                )
            }
            if incident.isAnotherCase(than: before) {
                let effects = incident.follow(try await PolicyStore(transaction).active(), at: now)
                try consequences.add(effects, of: incident, by: actor, at: now)
            }
            var stateChanged = false
            for event in change.events(incident) {
                let effects = try incident.apply(event, by: actor, at: now)
                stateChanged = stateChanged || !effects.isEmpty
                try consequences.add(effects, of: incident, by: actor, at: now)
            }
            if let note = change.note {
                consequences.record(TimelineEntry(incidentID: incident.id, at: now, kind: .annotate, actor: actor, note: note))
            }
            if stateChanged || !details.isEmpty { try await IncidentStore(transaction).save(incident) }
            if incident.escalation.policy != before.escalation.policy { try await IncidentStore(transaction).savePolicy(of: incident) }
            // What is due anew is due at once, not with the next poll.
            if incident.status == .open, incident.escalation != before.escalation {
                transaction.afterCommit { signals.ring(SignalChannel.escalation) }
            }
            try consequences.commit(in: transaction, outbox: outbox, now: now)
            return (incident, stateChanged)
        }
    }

    /// Makes the next step, or the one asked for, due at once.
    /// - Returns: the incident afterwards.
    /// - Throws: `IncidentError`, with ``IncidentError/alreadyEscalated(step:at:)`` when it escalated since what the person had seen.
    package func escalate(
        _ request: EscalationRequest, version: Int? = nil, of reference: IncidentReference, by actor: String, at now: Date
    ) async throws -> Incident {
        try await lane.transaction { transaction in
            var incident = try await IncidentStore(transaction).lock(reference)
            if let version, version != incident.version { throw IncidentError.versionMismatch }
            try request.check(incident.escalation, lastFired: try await FiringStore(transaction).lastFired(incident.id))
            let effects = try incident.escalate(to: request.step, at: now)
            var consequences = IncidentEffects()
            try consequences.add(effects, of: incident, by: actor, note: request.note, at: now)
            try await IncidentStore(transaction).save(incident)
            try consequences.commit(in: transaction, outbox: outbox, now: now)
            transaction.afterCommit { signals.ring(SignalChannel.escalation) }
            return incident
        }
    }

    /// Adds a comment to the record.
    package func annotate(_ reference: IncidentReference, _ note: String, by actor: String, at now: Date) async throws -> TimelineEntry {
        try await lane.transaction { transaction in
            let incident = try await IncidentStore(transaction).find(reference)
            let entry = TimelineEntry(incidentID: incident.id, at: now, kind: .annotate, actor: actor, note: note)
            try TimelineStore.add([entry], in: transaction)
            return entry
        }
    }
}

/// The doorbells of this daemon; those of the outbox belong to `Outbox`.
package enum SignalChannel {
    package static let escalation = "escalation"
}
