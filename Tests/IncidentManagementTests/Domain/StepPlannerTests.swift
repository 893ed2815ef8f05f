import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct StepPlannerTests {
    private static func incident(_ policy: EscalationPolicy, severity: Severity = .high) throws -> Incident {
        var incident = try Incident.example(policy: policy)
        incident.severity = severity
        return incident
    }

    private static func policy(
        _ steps: EscalationStep..., empty: EscalationPolicy.EmptyLevel = .skip, hours: LocalHours? = nil
    ) -> EscalationPolicy {
        EscalationPolicy(
            name: "p", steps: steps, repetition: .init(times: 0, afterMinutes: 1), emptyLevel: empty, lowUrgencyHours: hours
        )
    }

    private static func decide(
        _ policy: EscalationPolicy, _ facts: StepFacts, severity: Severity = .high, heldSince: Date? = nil, at now: Date = .example
    ) throws -> StepDecision {
        var incident = try incident(policy, severity: severity)
        incident.escalation.heldSince = heldSince
        let planner = try #require(StepPlanner(incident, at: .init(step: 0, round: 0)))
        return planner.gate(facts, at: now) ?? planner.decide(facts, at: now)
    }

    private static func facts(_ onCall: [Recipient] = [], _ change: (inout StepFacts) -> Void = { _ in }) -> StepFacts {
        var facts = StepFacts()
        facts.onCall = onCall
        facts.fallback = [.root]
        change(&facts)
        return facts
    }

    private static let primary = EscalationStep(delayMinutes: 0, targets: [.onCall(.primary)])
    private static let second = EscalationStep(delayMinutes: 5, targets: [.admins])

    @Test func channelsAndMessageOfAnActionGoWithItsPages() throws {
        let step = EscalationStep(
            delayMinutes: 0,
            actions: [
                .notify(.init(targets: [.onCall(.primary)], channels: [.email], message: "first")),
                .notify(.init(targets: [.onCall(.secondary), .channel(.webhook, address: "https://x.example")], message: "second")),
            ])
        let decision = try Self.decide(Self.policy(step), Self.facts([.carol, .dave]))
        guard case .act(let plan) = decision else { return #expect(Bool(false), "\(decision)") }
        #expect(plan.result == .paged)
        #expect(plan.calls.map(\.recipient.name) == ["Carol", "Dave", "https://x.example"])
        #expect(plan.calls.map(\.channels) == [[.email], nil, [.webhook]])
        #expect(plan.calls.map(\.message) == ["first", "second", "second"])
    }

    @Test func emptyLevelIsSkippedOrHeldAsThePolicySays() throws {
        let skipped = try Self.decide(Self.policy(Self.primary, Self.second), Self.facts())
        #expect(skipped == .act(StepPlan(.levelSkipped, hindrance: .nobodyOnCall)))
        let held = try Self.decide(Self.policy(Self.primary, Self.second, empty: .hold), Self.facts())
        #expect(held == .wait(until: .example + 60, .nobodyOnCall))
    }

    @Test func heldLevelIsGivenUpAfterAWeekSoThatHoldingNeverBecomesSilence() throws {
        let policy = Self.policy(Self.primary, empty: .hold)
        let soon = try Self.decide(policy, Self.facts(), heldSince: .example - 7 * 86_400 + 1)
        #expect(soon == .wait(until: .example + 60, .nobodyOnCall))
        let late = try Self.decide(policy, Self.facts(), heldSince: .example - 7 * 86_400)
        #expect(late == .act(.fallback([.root])))
    }

    @Test func holdingPolicyDoesNotWaitWhileOnCallCannotBeAsked() throws {
        let decision = try Self.decide(Self.policy(Self.primary, Self.second, empty: .hold), Self.facts { $0.onCallSource = .unreachable })
        guard case .act(let plan) = decision else { return #expect(Bool(false), "\(decision)") }
        #expect(plan.result == .fallback)
        #expect(plan.calls.map(\.recipient) == [.root])
    }

    @Test func timeGateWaitsForItsOpeningOrSkips() throws {
        // The example is a Monday noon in UTC.
        let evening = LocalHours(from: 1_080, to: 1_200)
        func step(_ otherwise: StepGate.Otherwise, _ hours: LocalHours) -> EscalationStep {
            EscalationStep(delayMinutes: 0, actions: Self.primary.actions, gate: StepGate(.hours(hours), otherwise: otherwise))
        }
        let waits = try Self.decide(Self.policy(step(.wait, evening), Self.second), Self.facts([.carol]))
        #expect(waits == .wait(until: .example + 6 * 3_600, .outsideHours))
        let skips = try Self.decide(Self.policy(step(.skip, evening), Self.second), Self.facts([.carol]))
        #expect(skips == .act(StepPlan(.levelSkipped, hindrance: .outsideHours)))
        let open = try Self.decide(Self.policy(step(.wait, LocalHours(from: 600, to: 900))), Self.facts([.carol]))
        guard case .act(let plan) = open else { return #expect(Bool(false), "\(open)") }
        #expect(plan.result == .paged)
    }

    @Test(arguments: [(4, true), (5, false)]) func rateGateWaitsForSoManyAlerts(_ gained: Int, waits: Bool) throws {
        let gate = StepGate(.rate(alerts: 5, minutes: 10), otherwise: .wait)
        let policy = Self.policy(EscalationStep(delayMinutes: 0, actions: Self.primary.actions, gate: gate))
        let decision = try Self.decide(policy, Self.facts([.carol]) { $0.alertsGained = gained })
        #expect((decision == .wait(until: .example + 60, .tooFewAlerts)) == waits)
    }

    @Test func lowUrgencyWaitsForTheMorningOfWhoeverIsOnCallAndHighUrgencyDoesNot() throws {
        let alice = UserID.make(at: .example)
        let sleeper = Recipient(userID: alice, name: "Alice", email: "alice@example.org", role: "primary", reason: "rotation")
        let policy = Self.policy(Self.primary, hours: LocalHours(from: 480, to: 1_320))
        // Noon in UTC is one in the morning in Auckland (UTC+13).
        let facts = Self.facts([sleeper]) { $0.timeZones = [alice: "Pacific/Auckland"] }
        #expect(try Self.decide(policy, facts, severity: .low) == .wait(until: .example + 7 * 3_600, .night))
        guard case .act(let plan) = try Self.decide(policy, facts, severity: .high) else { return #expect(Bool(false)) }
        #expect(plan.calls.map(\.recipient) == [sleeper])
        let awake = Self.facts([sleeper, .carol]) { $0.timeZones = [alice: "Pacific/Auckland"] }
        guard case .act(let day) = try Self.decide(policy, awake, severity: .low) else { return #expect(Bool(false)) }
        #expect(day.calls.map(\.recipient) == [.carol])
        // Deciding now pages sleepers only where there is nobody else.
        let planner = try #require(StepPlanner(try Self.incident(policy, severity: .low), at: .init(step: 0, round: 0)))
        #expect(planner.decide(awake, at: .example, mayWait: false) == .act(day))
        guard case .act(let night) = planner.decide(facts, at: .example, mayWait: false) else { return #expect(Bool(false)) }
        #expect(night.calls.map(\.recipient) == [sleeper])
    }

    @Test func stepThatPagesNobodyActsAndTheRoundStillReachesSomebody() throws {
        let step = EscalationStep(delayMinutes: 0, actions: [.setSeverity(.critical), .webhook("https://x.example")])
        guard case .act(let first) = try Self.decide(Self.policy(step, Self.second), Self.facts()) else { return #expect(Bool(false)) }
        #expect(first.result == .acted)
        #expect(first.severity == .critical)
        #expect(first.webhooks == ["https://x.example"])
        // As the last chance of a round that paged nobody it brings the fallback too.
        guard case .act(let last) = try Self.decide(Self.policy(step), Self.facts()) else { return #expect(Bool(false)) }
        #expect(last.result == .fallback)
        #expect(last.severity == .critical)
    }

    @Test func turnGoesToTheNextAfterTheLastAndToTheFirstWhenThatOneIsGone() {
        #expect(RoundRobin.next(after: nil, among: ["a", "b", "c"]) == "a")
        #expect(RoundRobin.next(after: "a", among: ["a", "b", "c"]) == "b")
        #expect(RoundRobin.next(after: "c", among: ["a", "b", "c"]) == "a")
        #expect(RoundRobin.next(after: "x", among: ["a", "b", "c"]) == "a")
        #expect(RoundRobin.next(after: "a", among: []) == nil)
    }
}
