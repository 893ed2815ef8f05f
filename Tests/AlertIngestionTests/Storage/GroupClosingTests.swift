import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceClients
import TestSupport
import Testing
import WorkQueue

/// Incidents that a person ends while their alerts fire.
@Suite struct GroupClosingTests {
    @Test func closingMutesWhatThePersonKnew() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let event = Samples.event(startsAt: Samples.start - 5)
            let incident = try #require(try await store.send([event])[0].incidentID)
            try await store.relay(to: incidents)
            #expect(try await store.groups.close(incident, now: store.clock.now) == .closed)
            #expect(try await store.groups.close(incident, now: store.clock.now) == .notOpen)
            store.clock.advance(by: .seconds(4_000))
            #expect(try await store.send([event])[0].decision == .absorbedAfterManualResolve)
            #expect(try await store.counts("open_group", "outbox") == [0, 0])
            let again = try await store.send([Samples.event(startsAt: store.clock.now)])[0]
            #expect(again.decision == .createdNewIncident && again.incidentID != incident)
            #expect(try await store.count("alert", where: "end_reason = 'superseded'") == 1)
        }
    }

    @Test func anAlertWhoseNewsStillWaitsIsNotSwallowedByAClose() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            let late = try #require(try await store.send([Samples.event("b")])[0].alertID)
            store.clock.advance(by: .seconds(2))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 1)
            incidents.end(incident)
            #expect(try await store.groups.close(incident, now: store.clock.now) == .closedAndReopened)
            try await store.relay(to: incidents)
            let opened = try #require(incidents.events.last)
            #expect(opened.kind == .open && opened.incidentID != incident && opened.alert.alertID == late && opened.groupSeq == 1)
            #expect(try await store.alerts.find(late)?.incidentID == opened.incidentID)
            #expect(try await store.count("outbox") == 0)
            #expect(try await store.send([Samples.event("b")])[0].incidentID == opened.incidentID)
        }
    }

    @Test func aVerdictOfClosedCorrelatesAnew() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            incidents.end(incident)
            try await store.send([Samples.event("b"), Samples.event("c")])
            store.clock.advance(by: .seconds(2))
            _ = try await store.groups.tellUpdates(now: store.clock.now)
            try await store.relay(to: incidents)
            #expect(incidents.events.map(\.kind) == [.open, .open] && incidents.events[1].incidentID != incident)
            #expect(incidents.events[1].alert.alertCount == 2)
            #expect(try await store.openAlerts().map { $0.mutedAt != nil } == [true, false, false])
            #expect(try await store.send([Samples.event("a")])[0].decision == .absorbedAfterManualResolve)
        }
    }

    @Test func aResolveThatComesAfterAPersonsIsNoNews() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            incidents.end(incident)
            #expect(try await store.send([Samples.event("a", .resolve)])[0].decision == .resolvedIncident)
            try await store.relay(to: incidents)
            #expect(try await store.counts("outbox", "open_alert") == [0, 0])
            #expect(incidents.events.count == 1)
        }
    }

    @Test func alertThatTheIncidentTookInIsNotMovedBecauseItsRowIsNotSettled() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            try await store.send([Samples.event("b")])
            store.clock.advance(by: .seconds(2))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 1)
            // The second event is accepted, and the relay dies before it settles the row.
            _ = try await incidents.deliver(AlertEventBatch(items: try await store.pending()))
            #expect(try await store.pending().map(\.groupSeq) == [2])
            let last = incidents.end(incident)
            #expect(last == 2)
            #expect(try await store.groups.close(incident, toldUpTo: last, now: store.clock.now) == .closed)
            #expect(try await store.openAlerts().map { $0.mutedAt != nil } == [true, true])
            try await store.relay(to: incidents)
            #expect(incidents.events.map(\.kind) == [.open, .update])
            #expect(try await store.counts("open_group", "outbox") == [0, 0])
        }
    }

    @Test func whatWasToldAndIsNotThereOpensAnotherIncidentUnlessItWasRefused() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let accepted = AcceptedGroupStore(store.database.workers, groups: store.groups)
            let (a, b) = (Samples.event("a"), Samples.event("b", service: "search"))
            let ids = try await store.send([a, b]).compactMap(\.incidentID)
            #expect(try await accepted.accepted(at: store.clock.now + 60).incidents.isEmpty, "both still wait")
            try await store.relay(to: incidents)
            #expect(try await accepted.accepted(at: store.clock.now + 10).incidents.isEmpty)
            #expect(try await Set(accepted.accepted(at: store.clock.now + 11).incidents) == Set(ids))
            try await store.database.api.execute(
                """
                INSERT INTO alerting.outbox_dead (id, destination, message_id, ordering_key, body, attempts, crashes, reason, created_at, died_at)
                VALUES (1, 'incident-management', gen_random_uuid(), \(ids[1].description), '{}', 1, 0, 'refused', now(), now())
                """)
            #expect(try await accepted.reopen(ids, at: store.clock.now) == 1)
            #expect(try await store.pending().map(\.kind) == [.open])
            let again = try await store.send([a, b]).compactMap(\.incidentID)
            #expect(again[0] != ids[0] && again[1] == ids[1])
            #expect(try await accepted.accepted(at: store.clock.now).orphans == 0)
            try await store.database.api.execute("DELETE FROM alerting.open_group WHERE incident_id = \(ids[1])")
            #expect(try await accepted.accepted(at: store.clock.now).orphans == 1)
        }
    }

    @Test func mutedAlertsAreForgottenADayAfterTheyFellSilent() async throws {
        try await Store.run { store in
            let incident = try #require(try await store.send([Samples.event(startsAt: Samples.start)])[0].incidentID)
            try await store.relay(to: FakeIncidents())
            _ = try await store.groups.close(incident, now: store.clock.now)
            _ = try await MutedAlerts(store.database.workers).forget(now: store.clock.now + 86_400)
            #expect(try await store.count("open_alert") == 1)
            _ = try await MutedAlerts(store.database.workers).forget(now: store.clock.now + 86_401)
            #expect(try await store.count("open_alert") == 0)
            #expect(try await store.count("alert", where: "ended_at IS NOT NULL") == 1)
            let retention = AlertRetention(alerts: nil, dead: nil, store.database.workers)
            for job in retention.jobs { _ = try await job.run(now: store.clock.now + 86_400) }
            #expect(try await store.count("closed_group") == 1)
            for job in retention.jobs { _ = try await job.run(now: store.clock.now + 86_401) }
            #expect(try await store.count("closed_group") == 0)
        }
    }
}
