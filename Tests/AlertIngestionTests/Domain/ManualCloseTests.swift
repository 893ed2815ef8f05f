import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct ManualCloseTests {
    private let start = Samples.start

    private func closed(_ event: AlertEvent) throws -> (PlannerRun, IncidentID) {
        var run = PlannerRun()
        let incident = try #require(run.accept([event], at: start)[0].incidentID)
        run.closeByPerson(incident, at: start + 60)
        return (run, incident)
    }

    @Test func reSendsOfAnAlertThatNeverStoppedAreAbsorbed() throws {
        let event = Samples.event(startsAt: start - 5)
        var (run, incident) = try closed(event)
        for time in [61.0, 600, 7_200] {
            let outcome = run.accept([event], at: start + time)[0]
            #expect(outcome.decision == .absorbedAfterManualResolve && outcome.incidentID == incident)
        }
        #expect(run.events.count == 1 && run.groups.isEmpty)
    }

    @Test func aNewBeginningOpensANewIncident() throws {
        var (run, incident) = try closed(Samples.event(startsAt: start - 5))
        let outcome = run.accept([Samples.event(startsAt: start + 61)], at: start + 62)[0]
        #expect(outcome.decision == .createdNewIncident && outcome.incidentID != incident)
        #expect(run.events.map(\.kind) == [.open, .open])
    }

    @Test func anotherReplicasBeginningIsNoNewOne() throws {
        var run = PlannerRun()
        let incident = try #require(run.accept([Samples.event(startsAt: start - 5)], at: start)[0].incidentID)
        run.accept([Samples.event(startsAt: start - 3)], at: start + 1)
        run.closeByPerson(incident, at: start + 60)
        for begin in [-5.0, -3] {
            #expect(run.accept([Samples.event(startsAt: start + begin)], at: start + 90)[0].decision == .absorbedAfterManualResolve)
        }
    }

    @Test func withoutABeginningTheReopenWindowDecides() throws {
        var (run, _) = try closed(Samples.event())
        #expect(run.accept([Samples.event()], at: start + 60 + 1_800)[0].decision == .absorbedAfterManualResolve)
        #expect(run.accept([Samples.event()], at: start + 60 + 1_801)[0].decision == .createdNewIncident)
    }

    @Test func resolvingAMutedAlertFreesItsKey() throws {
        var (run, _) = try closed(Samples.event(startsAt: start))
        #expect(run.accept([Samples.event("a", .resolve)], at: start + 61)[0].decision == .resolvedAfterManualResolve)
        #expect(run.alerts.isEmpty && run.events.count == 1)
        #expect(run.accept([Samples.event(startsAt: start + 62)], at: start + 63)[0].decision == .createdNewIncident)
    }

    @Test func aNewAlertOfTheServiceOpensANewIncidentAtOnce() throws {
        var (run, incident) = try closed(Samples.event("a"))
        let outcome = run.accept([Samples.event("b")], at: start + 61)[0]
        #expect(outcome.decision == .createdNewIncident && outcome.incidentID != incident)
    }

    @Test func alertsNobodyWasToldOfOpenAnotherIncident() throws {
        var run = PlannerRun()
        let incident = try #require(run.accept([Samples.event("a"), Samples.event("b")], at: start)[0].incidentID)
        run.accept([Samples.event("c"), Samples.event("c"), Samples.event("d", severity: .high)], at: start + 10)
        let group = try #require(run.groups.first)
        let closing = GroupClosing(group, alerts: run.alerts, toldUpTo: 1, at: start + 20)
        #expect(Set(closing.muted.map(\.key.dedupKey.rawValue)) == ["a", "b"] && closing.muted.allSatisfy { $0.mutedAt == start + 20 })
        #expect(Set(closing.moved.map(\.key.dedupKey.rawValue)) == ["c", "d"] && closing.moved.allSatisfy { $0.toldBySeq == 1 })
        let successor = try #require(closing.successor)
        #expect(successor.incidentID != incident && successor.alertCount == 3 && successor.firingCount == 2 && successor.groupSeq == 1)
        #expect(GroupClosing(group, alerts: run.alerts, toldUpTo: 2, at: start + 20).successor == nil)
    }
}
