import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct AcceptPlannerTests {
    private let start = Samples.start

    @Test func theFirstOpensAnIncidentAndRepeatsJoinIt() throws {
        var run = PlannerRun()
        let first = run.accept([Samples.event()], at: start)[0]
        let second = run.accept([Samples.event()], at: start + 10)[0]
        #expect(first.decision == .createdNewIncident && second.decision == .duplicateSuppressed)
        #expect(second.alertID == first.alertID && second.incidentID == first.incidentID)
        #expect(second.decision.action == "attached_to_existing_incident")
        #expect(run.events.map(\.kind) == [.open] && run.groups[0].alertCount == 2 && run.groups[0].firingCount == 1)
        #expect(run.groups[0].updateDueAt == start + 15)
    }

    @Test func equalAlertsOfOneBatchAreOneAlert() {
        var run = PlannerRun()
        let outcomes = run.accept(Array(repeating: Samples.event(), count: 100), at: start)
        #expect(outcomes[0].decision == .createdNewIncident && outcomes.dropFirst().allSatisfy { $0.decision == .duplicateSuppressed })
        #expect(run.alerts.map(\.count) == [100] && run.events.map(\.alert.alertCount) == [100])
        #expect(run.groups[0].updateDueAt == nil)
    }

    @Test func anEventHasTheTraceOfTheAlertThatOpenedOrEndedTheGroup() {
        let traces = (0..<4).map { _ in TraceParent.make() }
        var planner = AcceptPlanner(now: start, alerts: [], groups: [])
        let events = [Samples.event("a"), Samples.event("b"), Samples.event("a", .resolve), Samples.event("b", .resolve)]
        for (event, trace) in zip(events, traces) {
            _ = planner.accept(IncomingAlert(integrationID: Samples.integrationID, event: event, trace: trace))
        }
        #expect(planner.changes().events.map(\.kind) == [.open, .resolve])
        #expect(planner.changes().events.compactMap(\.traceparent) == [traces[0], traces[3]])
    }

    @Test func sameServiceAndSeverityIsOneIncidentOthersAreNot() {
        var run = PlannerRun()
        let outcomes = run.accept(
            [Samples.event("a"), Samples.event("b"), Samples.event("c", severity: .low), Samples.event("d", service: "search")], at: start)
        #expect(
            outcomes.map(\.decision) == [.createdNewIncident, .attachedToExistingIncident, .createdNewIncident, .createdNewIncident])
        #expect(Set(outcomes.compactMap(\.incidentID)).count == 3)
    }

    /// B1 of behaviours.md: 300 s, rolling.
    @Test func theWindowRollsWithEachAlertAndCloses() {
        var run = PlannerRun()
        let incidents = [0.0, 200, 450, 800].enumerated().map { index, time in
            run.accept([Samples.event("alert-\(index)")], at: start + time)[0]
        }
        #expect(Set(incidents[0...2].map(\.incidentID)).count == 1)
        #expect(incidents[3].decision == .createdNewIncident && incidents[3].incidentID != incidents[0].incidentID)
        #expect(run.groups.count == 2 && run.groups.filter(\.isAccepting).map(\.incidentID) == [incidents[3].incidentID])
    }

    @Test func theWindowIncludesItsLastSecondAndEndsAfterADay() {
        var run = PlannerRun()
        let first = run.accept([Samples.event("0")], at: start)[0]
        var last = first
        for step in 1...288 { last = run.accept([Samples.event("\(step)")], at: start + Double(step) * 300)[0] }
        #expect(last.incidentID == first.incidentID)
        #expect(run.accept([Samples.event("late")], at: start + 86_401)[0].decision == .createdNewIncident)
    }

    @Test func aRepeatAttachesHoweverLateItComes() {
        var run = PlannerRun()
        let first = run.accept([Samples.event()], at: start)[0]
        #expect(run.accept([Samples.event()], at: start + 100_000)[0].incidentID == first.incidentID)
    }

    @Test func theIncidentResolvesWithTheLastOfItsAlerts() {
        var run = PlannerRun()
        run.accept([Samples.event("a"), Samples.event("b"), Samples.event("c")], at: start)
        #expect(run.accept([Samples.event("a", .resolve)], at: start + 1)[0].decision == .resolved)
        #expect(run.accept([Samples.event("a", .resolve)], at: start + 2)[0].decision == .resolveWithoutOpen)
        #expect(
            run.accept([Samples.event("b", .resolve), Samples.event("c", .resolve)], at: start + 3).map(\.decision) == [
                .resolved, .resolvedIncident,
            ])
        #expect(run.events.map(\.kind) == [.open, .resolve] && run.events.map(\.groupSeq) == [1, 2])
        #expect(run.groups.isEmpty && run.alerts.isEmpty)
    }

    @Test func firingAfterTheResolveIsANewIncident() {
        var run = PlannerRun()
        let outcomes = run.accept([Samples.event(), Samples.event("a", .resolve), Samples.event()], at: start)
        #expect(outcomes.map(\.decision) == [.createdNewIncident, .resolvedIncident, .createdNewIncident])
        #expect(outcomes[0].incidentID != outcomes[2].incidentID && outcomes[0].alertID != outcomes[2].alertID)
        #expect(run.events.map(\.kind) == [.open, .resolve, .open] && run.groups.count == 1)
    }

    @Test func aResolveOfNothingCreatesNothing() {
        var run = PlannerRun()
        let outcome = run.accept([Samples.event("nope", .resolve)], at: start)[0]
        #expect(outcome.decision == .resolveWithoutOpen && outcome.alertID == nil && run.events.isEmpty)
    }

    @Test func aResolveOfAnEarlierFiringThatIsSentAgainEndsNothing() {
        var run = PlannerRun()
        let opened = run.accept([Samples.event(startsAt: start + 480)], at: start + 490)[0]
        let before = run.alerts
        let stale = run.accept([Samples.event("a", .resolve, startsAt: start, endedAt: start + 300)], at: start + 500)[0]
        #expect(stale.decision == .staleResolve && stale.decision.status == "ignored" && stale.alertID == opened.alertID)
        #expect(run.alerts == before && run.events.map(\.kind) == [.open])
        let ended = run.accept([Samples.event("a", .resolve, startsAt: start + 480, endedAt: start + 540)], at: start + 550)[0]
        #expect(ended.decision == .resolvedIncident && run.alerts.isEmpty)
    }

    @Test(arguments: [(nil, 300), (480, nil), (480, 480)] as [(Double?, Double?)])
    func aResolveWhoseTimesTellNothingEndsTheAlert(startsAt: Double?, endedAt: Double?) {
        var run = PlannerRun()
        run.accept([Samples.event(startsAt: startsAt.map { start + $0 })], at: start + 490)
        let outcome = run.accept([Samples.event("a", .resolve, endedAt: endedAt.map { start + $0 })], at: start + 500)[0]
        #expect(outcome.decision == .resolvedIncident)
    }

    @Test func aWorseAlertIsToldAtOnce() {
        var run = PlannerRun()
        let group = CorrelationKey(rawValue: "am:g")
        run.accept([Samples.event("a", severity: .low, correlation: group)], at: start)
        run.accept([Samples.event("b", severity: .critical, correlation: group)], at: start + 5)
        #expect(run.groups[0].severity == .critical && run.groups[0].updateDueAt == start + 5)
    }

    @Test func repeatsWaitAndAnAlertThatJoinsDoesNot() {
        var run = PlannerRun()
        run.accept([Samples.event("a"), Samples.event("b")], at: start)
        run.accept([Samples.event("a")], at: start + 100)
        run.accept([Samples.event("b")], at: start + 120)
        #expect(run.groups[0].updateDueAt == start + 150)
        run.accept([Samples.event("c")], at: start + 130)
        #expect(run.groups[0].updateDueAt == start + 131)
        run.accept([Samples.event("a")], at: start + 130.5)
        #expect(run.groups[0].updateDueAt == start + 131)
    }

    @Test(arguments: [(0.0, 1.0), (2, 1), (60, 30), (600, 300), (86_400, 300)])
    func repeatsAreMergedForHalfTheGroupsAge(age: Double, window: Double) {
        #expect(OpenGroup.repeatWindow(openFor: age) == window)
    }

    @Test func repeatThatIsWorseIsToldAtOnce() {
        var run = PlannerRun()
        let group = CorrelationKey(rawValue: "am:g")
        run.accept([Samples.event("a", severity: .low, correlation: group)], at: start)
        run.accept([Samples.event("a", severity: .low, correlation: group)], at: start + 5)
        run.accept([Samples.event("a", severity: .high, correlation: group)], at: start + 6)
        #expect(run.groups[0].updateDueAt == start + 6)
    }

    @Test func openingSaysHowManyAlertsItHasWithoutRepeats() {
        var run = PlannerRun()
        run.accept([Samples.event("a"), Samples.event("b"), Samples.event("a")], at: start)
        #expect(run.events.map(\.joined) == [2] && run.events.map(\.alert.alertCount) == [3])
    }

    @Test func alertmanagersGroupsLastUntilTheyResolve() {
        var run = PlannerRun()
        let group = CorrelationKey(rawValue: "am:g")
        let first = run.accept([Samples.event("a", correlation: group)], at: start)[0]
        let later = run.accept([Samples.event("b", service: "other", correlation: group)], at: start + 200_000)[0]
        #expect(later.incidentID == first.incidentID)
    }

    @Test func anExpiryThatCameTooLateChangesNothing() {
        var run = PlannerRun()
        run.accept([Samples.event(expiresAt: start + 60)], at: start)
        #expect(run.accept([Samples.event("a", .resolve)], at: start + 59, isExpiry: true)[0].decision == .expiryExtended)
        #expect(run.accept([Samples.event("a", .resolve)], at: start + 60, isExpiry: true)[0].decision == .resolvedIncident)
    }

    @Test func changesComeInTheOrderOfTheirLocks() {
        var planner = AcceptPlanner(now: start, alerts: [], groups: [])
        for key in ["b", "a", "c"] { _ = planner.accept(Samples.incoming(Samples.event(key, service: key))) }
        let changes = planner.changes()
        #expect(changes.insertedAlerts.map(\.key.dedupKey.rawValue) == ["a", "b", "c"])
        #expect(changes.insertedGroups == changes.insertedGroups.sorted { $0.correlationKey < $1.correlationKey })
    }
}
