import AlertIngestion
import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct AcceptStoreTests {
    @Test func anAlertIsKeptWithEverythingItCame() async throws {
        try await Store.run { store in
            var event = Samples.event(startsAt: Samples.start - 5)
            event.links = [AlertLink(href: "https://a.example", text: "Graph")]
            event.labels = ["quote": "\"\\ \u{1}ü", "k": "v"]
            event.raw = #"{"x":"y"}"#
            let outcome = try await store.send([event])[0]
            let id = try #require(outcome.alertID)
            let alert = try #require(try await store.alerts.find(id))
            #expect(alert.title == "Alert a" && alert.labels == event.labels && alert.links == event.links && alert.raw == event.raw)
            #expect(alert.incidentID == outcome.incidentID && alert.receivedAt == store.clock.now && alert.startsAt == event.startsAt)
            #expect(alert.count == 1 && alert.endedAt == nil)
            let open = try #require(try await store.pending().first)
            #expect(
                open.kind == .open && open.groupSeq == 1 && open.incidentID == outcome.incidentID && open.alert.alertID == outcome.alertID)
        }
    }

    @Test func whatThePlannerDecidesIsWhatTheTablesHold() async throws {
        try await Store.run { store in
            var run = PlannerRun()
            let steps: [(Double, [AlertEvent])] = [
                (0, [Samples.event("a"), Samples.event("b"), Samples.event("a")]), (5, [Samples.event("c", severity: .low)]),
                (200, [Samples.event("d")]), (210, [Samples.event("a", .resolve), Samples.event("b")]), (700, [Samples.event("e")]),
                (701, [Samples.event("b", .resolve), Samples.event("d", .resolve)]),
                (702, [Samples.event("c", .resolve), Samples.event("c", severity: .low), Samples.event("nope", .resolve)]),
            ]
            for (time, events) in steps {
                store.clock.set(Samples.start + time)
                let planned = run.accept(events, at: store.clock.now)
                let stored = try await store.send(events)
                #expect(stored.map(\.decision) == planned.map(\.decision), "at \(time)")
            }
            #expect(try await store.openAlerts().map(Self.shape) == run.alerts.sorted { $0.key < $1.key }.map(Self.shape))
            #expect(try await store.openGroups().map(Self.shape).sorted() == run.groups.map(Self.shape).sorted())
            #expect(
                try await store.pending().map { "\($0.kind) \($0.groupSeq) \($0.alert.alertCount)" }
                    == run.events.map { "\($0.kind) \($0.groupSeq) \($0.alert.alertCount)" })
        }
    }

    private static func shape(_ alert: OpenAlert) -> String {
        "\(alert.key.dedupKey) \(alert.severity) \(alert.count) \(alert.toldBySeq) \(alert.firstSeenAt.rfc3339) \(alert.lastSeenAt.rfc3339)"
    }

    private static func shape(_ group: OpenGroup) -> String {
        "\(group.correlationKey) \(group.isAccepting) \(group.groupSeq) \(group.alertCount) \(group.firingCount) \(group.severity) "
            + "\(group.lastAlertAt.rfc3339) \(group.updateDueAt?.rfc3339 ?? "-")"
    }

    @Test func anEndedAlertKeepsHowItEndedAndItsCount() async throws {
        try await Store.run { store in
            let id = try #require(try await store.send([Samples.event(), Samples.event(), Samples.event()])[0].alertID)
            store.clock.advance(by: .seconds(30))
            try await store.send([Samples.event("a", .resolve)])
            let alert = try #require(try await store.alerts.find(id))
            #expect(alert.endedAt == store.clock.now && alert.endReason == .resolved && alert.count == 3)
        }
    }

    @Test func keysOfTwoIntegrationsAreApart() async throws {
        try await Store.run { store in
            let other = IntegrationID.make(at: Samples.start)
            let alerts = [Samples.incoming(Samples.event()), Samples.incoming(Samples.event(), of: other)]
            let submission = Submission(alerts: alerts, integrationID: Samples.integrationID, format: .native)
            let result = try await store.accept.accept([submission], now: store.clock.now)[0]
            guard case .accepted(let outcomes, _) = result else { return }
            #expect(outcomes.map(\.decision) == [.createdNewIncident, .attachedToExistingIncident])
            let resolve = Samples.incoming(Samples.event("a", .resolve), of: other)
            _ = try await store.accept.accept(
                [Submission(alerts: [resolve], integrationID: other, format: .native)], now: store.clock.now)
            #expect(try await store.openAlerts().map(\.key.integrationID) == [Samples.integrationID])
        }
    }

    @Test func theDatabaseItselfRefusesASecondOpenAlertAndASecondAcceptingGroup() async throws {
        try await Store.run { store in
            try await store.send([Samples.event()])
            await #expect(
                performing: {
                    try await store.database.api.execute(
                        "INSERT INTO alerting.open_alert SELECT (o).* FROM (SELECT o FROM alerting.open_alert o) AS copy")
                }, throws: { PostgresError.isUniqueViolation($0, of: "open_alert_pkey") })
            await #expect(
                performing: {
                    try await store.database.api.execute(
                        """
                        INSERT INTO alerting.open_group SELECT gen_random_uuid(), correlation_key, true, 1, 1, 1, severity, opened_at, last_alert_at,
                               latest_alert_id, NULL FROM alerting.open_group
                        """)
                }, throws: { PostgresError.isUniqueViolation($0, of: "open_group_accepting") })
        }
    }
}
