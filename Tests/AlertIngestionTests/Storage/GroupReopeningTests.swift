import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceClients
import TestSupport
import Testing
import WorkQueue

/// Incidents that a person takes back after they ended.
@Suite struct GroupReopeningTests {
    /// An incident of the alert `a`, told and then ended by a person.
    private func ended(_ store: Store, _ incidents: FakeIncidents) async throws -> IncidentID {
        let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
        try await store.relay(to: incidents)
        incidents.end(incident)
        #expect(try await store.groups.close(incident, now: store.clock.now) == .closed)
        return incident
    }

    @Test func monitoringResolvesAnIncidentThatWasReopened() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try await ended(store, incidents)
            #expect(try await store.send([Samples.event("a")])[0].decision == .absorbedAfterManualResolve)
            let news = incidents.reopen(incident, at: store.clock.now)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .reopened)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .notClosed)
            // A new alert of the key joins, as it would have done before.
            #expect(try await store.send([Samples.event("b")])[0].incidentID == incident)
            #expect(try await store.send([Samples.event("a", .resolve)])[0].decision == .resolved)
            #expect(try await store.send([Samples.event("b", .resolve)])[0].decision == .resolvedIncident)
            try await store.relay(to: incidents)
            #expect(incidents.events.map(\.kind) == [.open, .resolve])
            #expect(incidents.events.last?.groupSeq == news.groupSeq + 1)
            #expect(try await store.counts("open_alert", "open_group", "closed_group", "outbox") == [0, 0, 0, 0])
        }
    }

    @Test func refusalFromBeforeTheReopeningDoesNotCloseTheGroupAgain() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try await ended(store, incidents)
            let news = incidents.reopen(incident, at: store.clock.now)
            _ = try await store.groups.reopen(news, now: store.clock.now)
            // A relay that was frozen in the middle of telling the second event.
            #expect(try await store.groups.close(incident, refusing: 2, now: store.clock.now) == .notOpen)
            #expect(try await store.openGroups().map(\.incidentID) == [incident])
            // A refusal of its own numbers counts, and so does a second end; a reopening that is told late does not.
            #expect(try await store.groups.close(incident, refusing: news.groupSeq + 1, now: store.clock.now) == .closed)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .notClosed)
            #expect(try await store.openAlerts().map { $0.mutedAt != nil } == [true])
        }
    }

    @Test func endThatIsToldAgainAfterTheReopeningClosesNothingAndTheNextEndDoes() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            let first = incidents.end(incident)
            #expect(try await store.groups.close(incident, toldUpTo: first, now: store.clock.now) == .closed)
            #expect(try await store.groups.close(incident, toldUpTo: first, now: store.clock.now) == .notOpen)
            let news = incidents.reopen(incident, at: store.clock.now)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .reopened)
            // A relay that was suspended past its lease, or rows that a crash of the database brought back: both messages once more, in order.
            #expect(try await store.groups.close(incident, toldUpTo: first, now: store.clock.now) == .notOpen)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .notClosed)
            #expect(try await store.openGroups().map(\.incidentID) == [incident])
            #expect(try await store.openAlerts().allSatisfy { $0.mutedAt == nil })
            #expect(try await store.send([Samples.event("b")])[0].incidentID == incident)
            try await store.send([Samples.event("b", .resolve)])
            // Nothing was told since the reopening, so that the second end says the number it began with.
            let second = incidents.end(incident)
            #expect(second == news.groupSeq)
            #expect(try await store.groups.close(incident, toldUpTo: second, now: store.clock.now) == .closed)
            for last in [first, second] {
                #expect(try await store.groups.close(incident, toldUpTo: last, now: store.clock.now) == .notOpen)
            }
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .notClosed)
            let again = incidents.reopen(incident, at: store.clock.now)
            #expect(try await store.groups.reopen(again, now: store.clock.now) == .reopened)
            #expect(try await store.groups.close(incident, toldUpTo: second, now: store.clock.now) == .notOpen)
            #expect(try await store.send([Samples.event("a", .resolve)])[0].decision == .resolvedIncident)
        }
    }

    @Test func reopenedGroupLeavesItsKeyToWhoeverHasItByNow() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try await ended(store, incidents)
            let other = try await store.send([Samples.event("b")])[0].incidentID
            #expect(other != incident)
            #expect(try await store.groups.reopen(incidents.reopen(incident, at: store.clock.now), now: store.clock.now) == .reopened)
            #expect(try await store.send([Samples.event("c")])[0].incidentID == other)
            #expect(try await store.send([Samples.event("a", .resolve)])[0].decision == .resolvedIncident)
        }
    }

    @Test func nothingIsReopenedWhereNothingFires() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try await ended(store, incidents)
            try await store.send([Samples.event("a", .resolve)])
            #expect(try await store.groups.reopen(incidents.reopen(incident, at: store.clock.now), now: store.clock.now) == .nothingFires)
            #expect(try await store.count("open_group") == 0)
            let unknown = IncidentReopened(incidentID: .make(at: store.clock.now), groupSeq: 1_000_000, reopenedAt: store.clock.now)
            #expect(try await store.groups.reopen(unknown, now: store.clock.now) == .notClosed)
        }
    }

    /// Alerts keep coming while a person ends the incident and takes it back; whatever meets whatever, the incident ends with its alerts.
    @Test func endsAndReopeningsThatMeetAlertsLeaveNothingBehind() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let sender = store.replica
            let keys = (0..<6).map { "k\($0)" }
            let incident = try #require(try await store.send(keys.map { Samples.event($0) })[0].incidentID)
            try await store.relay(to: incidents)
            for _ in 0..<25 {
                incidents.end(incident)
                async let sent: Void = {
                    for key in keys.shuffled() { try await sender.send([Samples.event(key)]) }
                }()
                _ = try await store.groups.close(incident, now: store.clock.now)
                let decision = try await store.groups.reopen(incidents.reopen(incident, at: store.clock.now), now: store.clock.now)
                #expect(decision == .reopened)
                try await sent
            }
            #expect(try await store.openAlerts().allSatisfy { $0.mutedAt == nil && $0.incidentID == incident })
            try await store.send(keys.map { Samples.event($0, .resolve) })
            try await store.relay(to: incidents)
            #expect(incidents.events.last?.kind == .resolve && incidents.events.last?.incidentID == incident)
            #expect(try await store.counts("open_alert", "open_group", "closed_group", "outbox") == [0, 0, 0, 0])
        }
    }

    @Test func lostIncidentOpensAnotherAlsoAfterItWasReopened() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let accepted = AcceptedGroupStore(store.database.workers, groups: store.groups)
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            incidents.end(incident)
            _ = try await store.groups.close(incident, now: store.clock.now)
            _ = try await store.groups.reopen(incidents.reopen(incident, at: store.clock.now), now: store.clock.now)
            #expect(try await accepted.reopen([incident], at: store.clock.now) == 1)
            #expect(try await store.pending().map(\.kind) == [.open])
            #expect(try await store.openGroups().map(\.incidentID) != [incident])
        }
    }

    @Test func reopenedIncidentHearsHowManyAlertsItHasAndHowSevere() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
            try await store.relay(to: incidents)
            incidents.end(incident)
            // The second alert joins before the end is known here, and its news is lost with the end.
            try await store.send([Samples.event("b")])
            _ = try await store.groups.close(incident, refusing: 3, now: store.clock.now)
            let news = incidents.reopen(incident, at: store.clock.now)
            #expect(try await store.groups.reopen(news, now: store.clock.now) == .reopened)
            #expect(try await store.openGroups().allSatisfy { $0.updateDueAt.map { $0 <= store.clock.now } ?? false })
            _ = try await store.groups.tellUpdates(now: store.clock.now)
            let told = try #require(try await store.pending().last { $0.groupSeq == news.groupSeq + 1 })
            #expect(told.kind == .update && told.alert.alertCount == 2 && told.joined == 0)
        }
    }
}
