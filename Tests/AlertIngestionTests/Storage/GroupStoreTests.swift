import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceClients
import TestSupport
import Testing
import WorkQueue

@Suite struct GroupStoreTests {
    /// An incident of the alert `a`, told and then ended by a person.
    private func ended(_ store: Store, _ incidents: FakeIncidents) async throws -> IncidentID {
        let incident = try #require(try await store.send([Samples.event("a")])[0].incidentID)
        try await store.relay(to: incidents)
        incidents.end(incident)
        #expect(try await store.groups.close(incident, now: store.clock.now) == .closed)
        return incident
    }

    @Test func joinsOfAStormAreOnePendingUpdate() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            for index in 0..<50 {
                try await store.send([Samples.event("\(index)"), Samples.event("0")])
                store.clock.advance(by: .milliseconds(100))
                _ = try await store.groups.tellUpdates(now: store.clock.now)
            }
            #expect(try await store.pending().map(\.kind) == [.open])
            try await store.relay(to: incidents)
            for index in 50..<100 {
                try await store.send([Samples.event("\(index)")])
                store.clock.advance(by: .milliseconds(100))
                _ = try await store.groups.tellUpdates(now: store.clock.now)
            }
            #expect(try await store.pending().map(\.kind) == [.update])
            try await store.relay(to: incidents)
            store.clock.advance(by: .seconds(1))
            _ = try await store.groups.tellUpdates(now: store.clock.now)
            try await store.relay(to: incidents)
            #expect(incidents.events.map(\.groupSeq) == [1, 2, 3] && incidents.events.last?.alert.alertCount == 150)
            #expect(incidents.events.last?.alert.title == "Alert 99")
            store.clock.advance(by: .seconds(60))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 0)
        }
    }

    @Test func repeatsOfTenMinutesAreFewEventsAndAnAlertThatJoinsIsToldWithinASecond() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            for _ in 0..<600 {
                try await store.send([Samples.event("a")])
                if try await store.groups.tellUpdates(now: store.clock.now) > 0 { try await store.relay(to: incidents) }
                if incidents.events.isEmpty { try await store.relay(to: incidents) }
                store.clock.advance(by: .seconds(1))
            }
            // The opening, and one each time that the group is half as old again: 1.5 to the power of 16 seconds are ten minutes.
            #expect(incidents.events.count <= 1 + 16)
            #expect(incidents.events.count >= 2 && incidents.events.dropFirst().allSatisfy { $0.joined == 0 })
            // Repeats do not hold up what joins.
            try await store.send([Samples.event("a"), Samples.event("b"), Samples.event("b")])
            store.clock.advance(by: .seconds(1))
            #expect(try await store.groups.tellUpdates(now: store.clock.now) == 1)
            try await store.relay(to: incidents)
            #expect(incidents.events.last?.joined == 1 && incidents.events.last?.alert.alertCount == 603)
        }
    }

    @Test func twoReplicasTellAnUpdateOnce() async throws {
        try await Store.run { store in
            let (groups, now) = (store.replica.groups, Samples.start + 10)
            try await store.send([Samples.event("a")])
            try await store.relay(to: FakeIncidents())
            try await store.send([Samples.event("b")])
            async let first = store.groups.tellUpdates(now: now)
            async let second = groups.tellUpdates(now: now)
            let told = try await first + second
            #expect(told == 1)
            #expect(try await store.pending().map(\.groupSeq) == [2])
        }
    }

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
