import AlertIngestion
import Contracts
import Foundation
import Postgres
import PrometheusMetrics
import TestSupport
import Testing

/// Many senders at once: uniqueness comes from keys in the database, so any number of replicas agree.
@Suite struct StormTests {
    /// Runs each replica's batcher while `body` submits through them in turn.
    private func throughBatchers(
        _ stores: [Store], _ submissions: [Submission]
    ) async throws -> [SubmissionResult] {
        let batchers = stores.map { store in
            AlertBatcher(metrics: AlertIngestionMetrics(PrometheusMetricsFactory())) { [accept = store.accept, clock = store.clock] in
                await accept.acceptEach($0, now: clock.now)
            }
        }
        return try await withThrowingTaskGroup(of: Void.self) { running in
            for batcher in batchers { running.addTask { try await batcher.run() } }
            defer { running.cancelAll() }
            return try await withThrowingTaskGroup(of: (Int, SubmissionResult).self) { senders in
                for (index, submission) in submissions.enumerated() {
                    let batcher = batchers[index % batchers.count]
                    senders.addTask { (index, try await patiently { try await batcher.submit(submission) }) }
                }
                return try await senders.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
    }

    /// A sender that comes again when it is told to, as Alertmanager does; a slow machine tells it so.
    private func patiently(_ send: () async throws -> SubmissionResult) async throws -> SubmissionResult {
        while true {
            do { return try await send() } catch is IngestOverload { await Task.yield() }
        }
    }

    private func outcomes(_ results: [SubmissionResult]) -> [AcceptOutcome] {
        results.flatMap { result in
            if case .accepted(let outcomes, _) = result { return outcomes }
            return []
        }
    }

    @Test(arguments: [1, 2])
    func aThousandEqualPostsMakeOneIncident(_ replicas: Int) async throws {
        try await Store.run { store in
            let stores = replicas == 1 ? [store] : [store, store.replica]
            let results = try await throughBatchers(stores, Array(repeating: Samples.submission([Samples.event()]), count: 1_000))
            let outcomes = outcomes(results)
            #expect(outcomes.count == 1_000 && outcomes.filter { $0.decision == .createdNewIncident }.count == 1)
            #expect(Set(outcomes.compactMap(\.incidentID)).count == 1 && Set(outcomes.compactMap(\.alertID)).count == 1)
            #expect(try await store.openGroups().map(\.alertCount) == [1_000])
            #expect(try await store.openAlerts().map(\.count) == [1_000])
            #expect(try await store.pending().map(\.kind) == [.open])
            #expect(try await store.count("alert") == 1)
        }
    }

    @Test func distinctAlertsOfOneServiceFromTwoReplicasAreOneIncident() async throws {
        try await Store.run { store in
            let submissions = (0..<600).map { Samples.submission([Samples.event("alert-\($0)")]) }
            let outcomes = outcomes(try await throughBatchers([store, store.replica], submissions))
            #expect(outcomes.filter { $0.decision == .createdNewIncident }.count == 1)
            #expect(Set(outcomes.compactMap(\.incidentID)).count == 1 && Set(outcomes.compactMap(\.alertID)).count == 600)
            let group = try #require(try await store.openGroups().first)
            #expect(group.alertCount == 600 && group.firingCount == 600)
            #expect(try await store.count("open_alert") == 600)
        }
    }

    /// Flapping alerts of few services through two replicas, with updates told meanwhile: IncidentManagement hears of each incident 1, 2, 3, … in order.
    @Test func eventsOfAnIncidentAreContiguousUnderConcurrency() async throws {
        try await Store.run { store in
            let other = store.replica
            var submissions: [Submission] = []
            for round in 0..<200 {
                let key = "flap-\(round % 7)"
                let service = "service-\(round % 3)"
                submissions.append(Samples.submission([Samples.event(key, service: service)]))
                submissions.append(Samples.submission([Samples.event("x-\(round)", service: service)]))
                submissions.append(Samples.submission([Samples.event(key, .resolve, service: service)]))
                submissions.append(Samples.submission([Samples.event("x-\(round)", .resolve, service: service)]))
            }
            let incidents = FakeIncidents()
            async let results = throughBatchers([store, other], submissions)
            for _ in 0..<20 {
                store.clock.advance(by: .seconds(2))
                _ = try await store.groups.tellUpdates(now: store.clock.now)
                try await store.relay(to: incidents)
                _ = try await other.groups.tellUpdates(now: store.clock.now)
            }
            #expect(outcomes(try await results).count == 800)
            try await store.send(try await store.openAlerts().map { Samples.event($0.key.dedupKey.rawValue, .resolve) })
            store.clock.advance(by: .seconds(60))
            try await store.relay(to: incidents)
            #expect(incidents.outOfOrder == 0)
            for (incident, events) in Dictionary(grouping: incidents.events, by: \.incidentID) {
                #expect(events.map(\.groupSeq) == Array(1...events.count), "\(incident)")
                #expect(events.first?.kind == .open && events.last?.kind == .resolve)
            }
            let opened = try await store.database.api.value(Int.self, "SELECT count(DISTINCT incident_id) FROM alerting.alert")
            #expect(
                incidents.events.filter { $0.kind == .open }.count == opened
                    && incidents.events.filter { $0.kind == .resolve }.count == opened)
            #expect(try await store.counts("open_group", "open_alert", "outbox") == [0, 0, 0])
        }
    }
}
