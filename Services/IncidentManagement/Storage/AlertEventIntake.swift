package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Takes in what AlertIngestion tells about its groups; a batch is one transaction, idempotent by incident and `group_seq`.
package struct AlertEventIntake: Sendable {
    private let lane: PostgresLane
    private let outbox: Outbox
    private let signals: any SignalBus
    private let engine: EngineInbox?

    /// - Parameter engine: gets new incidents directly while it is idle; nil leaves them all to be claimed.
    package init(_ lane: PostgresLane, outbox: Outbox, signals: any SignalBus, engine: EngineInbox? = nil) {
        self.lane = lane
        self.outbox = outbox
        self.signals = signals
        self.engine = engine
    }

    /// - Returns: one answer an event, in the order given, and the incidents that opened or resolved.
    package func take(_ events: [AlertEventMessage], at now: Date) async throws -> Taken {
        try await lane.transaction { transaction in
            let store = IncidentStore(transaction)
            let (incidents, active, owners) = try await transaction.together(
                .locked(Set(events.map(\.incidentID)).sorted()), .activePolicies, .owners(of: Set(events.map(\.alert.service))))
            var known = Dictionary(uniqueKeysWithValues: incidents.map { ($0.id, $0) })
            let policies = PolicyBook(active)
            let teams = owners.teams
            var taken = Taken()
            var effects = IncidentEffects()
            var opened: [Incident] = []
            var joined: [IncidentID: Int] = [:]
            var changed: Set<IncidentID> = []
            var unreadable: [IncidentID: String] = [:]
            var repaged: Set<IncidentID> = []
            for event in events {
                let intake = AlertIntake.decide(event, incident: known[event.incidentID])
                taken.answers.append(AlertEventAnswer(eventID: event.eventID, verdict: intake.verdict))
                switch intake {
                case .refuse: break
                case .open:
                    let team = event.alert.team ?? teams[event.alert.service]
                    let choice = policies.choice(severity: event.alert.severity, service: event.alert.service, team: team)
                    let incident = Incident(opening: event, team: team, policy: choice.policy, at: now)
                    if let name = choice.unreadable { unreadable[incident.id] = name }
                    known[incident.id] = incident
                    opened.append(incident)
                    joined[incident.id] = event.joined ?? event.alert.alertCount
                case .update, .resolve:
                    guard let before = known[event.incidentID] else { break }
                    var incident = before
                    let news = incident.attach(event, at: now)
                    // What became worse may be another policy's, and is news to whoever was paged for less.
                    if intake == .update, incident.isAnotherCase(than: before) {
                        try effects.add(incident.follow(policies, at: now), of: incident, by: Incident.monitoringActor, at: now)
                        repaged.insert(incident.id)
                    }
                    let follows = intake == .resolve ? incident.resolveByMonitoring(at: now) : []
                    try effects.add(follows, of: incident, by: Incident.monitoringActor, at: now)
                    if intake == .update, news != .repeated { effects.record(.attached(event, news, at: now)) }
                    if intake == .resolve { taken.resolved.append(incident) }
                    known[incident.id] = incident
                    changed.insert(incident.id)
                }
            }
            let due = opened.filter { !changed.contains($0.id) && ($0.escalation.nextStepAt.map { $0 <= now } ?? false) }
            taken.opened = try await open(opened, joined: joined, due: due, in: transaction, effects: &effects, at: now)
            for incident in taken.opened {
                if let name = unreadable[incident.id] { effects.record(.policyUnreadable(name, of: incident.id, at: now)) }
            }
            // An incident may open and change within one batch, so changes are written after the inserts.
            for id in changed.sorted() {
                guard let incident = known[id] else { continue }
                try await store.save(incident)
                if repaged.contains(id) { try await store.savePolicy(of: incident) }
            }
            try effects.commit(in: transaction, outbox: outbox, now: now)
            if !taken.opened.isEmpty || !repaged.isEmpty { transaction.afterCommit { signals.ring(SignalChannel.escalation) } }
            return taken
        }
    }

    package struct Taken: Sendable {
        package var answers: [AlertEventAnswer] = []
        package var opened: [Incident] = []
        package var resolved: [Incident] = []
    }

    /// A concurrent twin may have inserted the same incident since we looked; then ours is left out and its event was a duplicate.
    ///
    /// - Parameters:
    ///   - joined: how many alerts opened each.
    ///   - due: those the engine may have at once, as they are.
    private func open(
        _ incidents: [Incident], joined: [IncidentID: Int], due: [Incident], in transaction: PostgresTransaction,
        effects: inout IncidentEffects, at now: Date
    ) async throws -> [Incident] {
        let place = due.isEmpty ? nil : engine?.rows.place()
        let wanted = place.flatMap { place in engine.map { $0.lease(due.prefix(place.room), at: now) } }
        let rows = try await IncidentStore(transaction).insert(incidents, leasing: wanted)
        let inserted = incidents.compactMap { incident in
            rows[incident.id].map { row in
                var incident = incident
                incident.number = row.number
                return incident
            }
        }
        if let place {
            place.keep(inserted.compactMap { incident in rows[incident.id]?.lease.map { .init(incident: incident, lease: $0) } })
            transaction.afterCommit { place.hand() }
        }
        for incident in inserted {
            effects.record(.opened(incident, joined: joined[incident.id] ?? 1, at: now))
        }
        return inserted
    }
}

extension TimelineEntry {
    /// The policy that should have taken the incident cannot be read; the default did.
    static func policyUnreadable(_ name: String, of incident: IncidentID, at now: Date) -> TimelineEntry {
        TimelineEntry(
            incidentID: incident, at: now, kind: .policyUnreadable, actor: StepOutcome.engineActor,
            details: ["policy": name, "used": "default"]
        )
    }

    /// One alert is what a line without a number means.
    fileprivate static func opened(_ incident: Incident, joined: Int, at now: Date) -> TimelineEntry {
        TimelineEntry(
            incidentID: incident.id, at: now, kind: .trigger, actor: incident.createdBy ?? Incident.monitoringActor,
            details: joined > 1 ? ["joined": String(joined)] : [:]
        )
    }

    fileprivate static func attached(_ event: AlertEventMessage, _ news: AlertNews, at now: Date) -> TimelineEntry {
        TimelineEntry(
            incidentID: event.incidentID, at: now, kind: .alertsAttached, actor: event.alert.source,
            details: [
                "alert_count": String(event.alert.alertCount), "joined": String(news.joinedCount), "title": event.alert.title,
            ]
        )
    }
}
