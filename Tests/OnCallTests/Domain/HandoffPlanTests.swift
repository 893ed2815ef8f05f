import Contracts
import Foundation
import OnCall
import Testing

/// Which notices are due at an instant: Alice hands over to Bob on Monday, 2026-03-09, at 09:00 in Berlin, which is 08:00 UTC.
@Suite struct HandoffPlanTests {
    private func weekly(_ start: String = "2026-03-02") throws -> Board {
        Board(schedule: try schedule(primary("Alice", "Bob"), .weekly, "Europe/Berlin", from: start))
    }

    private func rule(
        _ minutes: [Int] = [0, 60], _ audience: HandoffRule.Audience = .both, since: String = "2026-03-01T00:00:00Z"
    ) throws -> HandoffRule {
        HandoffRule(minutesAhead: minutes, audience: audience, since: try instant(since))
    }

    private func plan(_ boards: [Board], _ rule: HandoffRule, _ now: String) throws -> HandoffPlan {
        HandoffPlan(team: "payments", boards, rule, now: try instant(now))
    }

    private func told(_ plan: HandoffPlan) -> [String] {
        plan.due.map { "\($0.member.name) \($0.fact.kind.rawValue) \($0.minutesAhead)" }.sorted()
    }

    @Test(arguments: [
        ("2026-03-09T06:59:59Z", [], "2026-03-09T07:00:00Z"),
        ("2026-03-09T07:00:00Z", ["Alice off_call 60", "Bob on_call 60"], "2026-03-09T08:00:00Z"),
        ("2026-03-09T07:59:59Z", ["Alice off_call 60", "Bob on_call 60"], "2026-03-09T08:00:00Z"),
        ("2026-03-09T08:00:00Z", ["Alice off_call 0", "Bob on_call 0"], "2026-03-10T08:00:00Z"),
        ("2026-03-09T08:59:59Z", ["Alice off_call 0", "Bob on_call 0"], "2026-03-10T08:59:59Z"),
        // Told an hour late it is of no use.
        ("2026-03-09T09:00:01Z", [], "2026-03-10T09:00:01Z"),
    ])
    func eachLeadIsDueInItsTime(_ now: String, _ expected: [String], _ next: String) throws {
        let plan = try plan([try weekly()], try rule(), now)
        #expect(told(plan) == expected)
        #expect(plan.nextAt.rfc3339 == next)
    }

    /// The hand-offs around both changes of the clock are at 09:00 of the wall clock.
    @Test(arguments: [("2026-03-23T08:00:00Z", 0), ("2026-03-30T07:00:00Z", 0), ("2026-10-19T07:00:00Z", 0), ("2026-10-26T08:00:00Z", 0)])
    func daylightSavingMovesTheInstantAndNotTheClock(_ handoff: String, _ lead: Int) throws {
        let at = try instant(handoff)
        #expect(try plan([try weekly()], try rule([0]), at.addingTimeInterval(-1).rfc3339).due.isEmpty)
        let due = try plan([try weekly()], try rule([0]), handoff).due
        #expect(due.count == 2 && due.allSatisfy { $0.fact.changeAt == at })
    }

    @Test(arguments: [(HandoffRule.Audience.onCall, ["Bob on_call 0"]), (.offCall, ["Alice off_call 0"])])
    func onlyThoseTheTeamWantsAreTold(_ audience: HandoffRule.Audience, _ expected: [String]) throws {
        #expect(told(try plan([try weekly()], try rule([0], audience), "2026-03-09T08:00:00Z")) == expected)
    }

    /// Accounts are found by user names in any case.
    @Test(arguments: [("ally", []), ("Bob", ["Ally off_call 0", "Bob on_call 0"])])
    func anotherSpellingOfANameIsNoHandoff(_ name: String, _ expected: [String]) throws {
        let at = try instant("2026-03-04T12:00:00Z")
        let schedules = try ["Ally", name].map { try board([layer([$0], from: "2026-03-02")]).schedule }
        let boards = [Board(schedule: schedules[0], until: at), Board(schedule: schedules[1], since: at)]
        #expect(told(try plan(boards, try rule([0]), "2026-03-04T12:00:00Z")) == expected)
        let report = CoverageReport(boards, in: try instant("2026-03-02T00:00:00Z")..<instant("2026-03-04T12:00:00Z"))
        #expect(report.neverOnCall.isEmpty)
    }

    @Test func ofSeveralLeadsThatHavePassedOnlyTheShortestIsTold() throws {
        let plan = try plan([try weekly()], try rule([1440, 60, 5], .onCall), "2026-03-09T07:30:00Z")
        #expect(told(plan) == ["Bob on_call 60"] && plan.nextAt.rfc3339 == "2026-03-09T07:55:00Z")
        // A team that wants no word at the hand-off gets none afterwards.
        #expect(try self.plan([try weekly()], try rule([60]), "2026-03-09T08:00:00Z").due.isEmpty)
    }

    @Test func handOffsBeforeTheRuleAreNotTold() throws {
        #expect(try plan([try weekly()], try rule(since: "2026-03-09T08:00:00Z"), "2026-03-09T08:10:00Z").due.isEmpty)
        #expect(try plan([try weekly()], try rule(since: "2026-03-09T07:59:59Z"), "2026-03-09T08:10:00Z").due.count == 2)
    }

    @Test func whoeverStaysOnCallIsToldNothing() throws {
        let alone = Board(schedule: try schedule(primary("Alice"), .daily, from: "2026-03-02"))
        #expect(try plan([alone], try rule(), "2026-03-09T09:00:00Z").facts.isEmpty)
    }

    @Test func anOverrideAndAnEditAreHandOffsToo() throws {
        let dan = try override("Dan", from: "2026-03-04T10:00:00Z", until: "2026-03-04T10:30:00Z")
        let overridden = Board(schedule: try weekly().schedule, overrides: [dan])
        #expect(told(try plan([overridden], try rule([0]), "2026-03-04T10:00:00Z")) == ["Alice off_call 0", "Dan on_call 0"])
        // Of two past hand-offs of one person the latest counts.
        #expect(told(try plan([overridden], try rule([0]), "2026-03-04T10:30:00Z")) == ["Alice on_call 0", "Dan off_call 0"])

        let change = try instant("2026-03-04T12:00:00Z")
        let old = Board(schedule: try weekly().schedule, until: change)
        let new = Board(schedule: try schedule(primary("Zoe"), .weekly, from: "2026-03-02"), since: change)
        #expect(told(try plan([old, new], try rule([0]), "2026-03-04T12:00:03Z")) == ["Alice off_call 0", "Zoe on_call 0"])
    }

    /// Bobby, whom the layer knows by name, took Alice's last day: an override with his address. At the seam he hands over to himself.
    @Test func whoeverIsKnownByNameHandsNothingOverToHimself() throws {
        let people = [Member(name: "Alice", email: "alice@example.org", role: .primary), Member(name: "bobby", email: nil, role: .primary)]
        let taken = try override("bobby", from: "2026-03-08T08:00:00Z", until: "2026-03-09T08:00:00Z", replacing: "Alice")
        let board = Board(schedule: try schedule(people, .weekly, "Europe/Berlin", from: "2026-03-02"), overrides: [taken])
        #expect(try plan([board], try rule([0]), "2026-03-09T08:00:00Z").due.isEmpty)
        let comes = try plan([board], try rule([0], .onCall), "2026-03-08T08:00:00Z").due
        #expect(comes.map(\.until) == [try instant("2026-03-16T08:00:00Z")])
    }

    @Test func theTextSaysWhenUntilWhenAndWithWhom() throws {
        let due = try plan([try weekly()], try rule([60]), "2026-03-09T07:00:00Z").due
        let comes = try #require(due.first { $0.fact.kind == .onCall })
        #expect(comes.subject == "You go on call for payments: Mon 2026-03-09 09:00 Europe/Berlin")
        #expect(
            comes.body
                == "You are primary of payments from Mon 2026-03-09 09:00 Europe/Berlin (2026-03-09T08:00:00Z) until"
                + " Mon 2026-03-16 09:00 Europe/Berlin (2026-03-16T08:00:00Z).\nYou take over from Alice.")
        let goes = try #require(due.first { $0.fact.kind == .offCall })
        #expect(
            goes.body
                == "Your time as primary of payments ends at Mon 2026-03-09 09:00 Europe/Berlin (2026-03-09T08:00:00Z).\nBob takes over.")
    }

    @Test func aNewerNoticeMakesTheOlderOnesPointless() throws {
        let at = try instant("2026-03-09T08:00:00Z")
        let notice = try #require(try plan([try weekly()], try rule([0]), "2026-03-09T08:00:00Z").due.first { $0.fact.kind == .onCall })
        #expect(notice.supersedes(notice.fact, minutesAhead: 60, now: at))
        #expect(!notice.supersedes(notice.fact, minutesAhead: 0, now: at))
        let fact = { (handle: String, offset: Double) in
            HandoffNotice.Fact(role: .primary, handle: handle, kind: .offCall, changeAt: at.addingTimeInterval(offset))
        }
        #expect(notice.supersedes(fact("bob@example.org", -600), minutesAhead: 0, now: at))
        #expect(!notice.supersedes(fact("bob@example.org", 600), minutesAhead: 60, now: at))
        #expect(!notice.supersedes(fact("alice@example.org", -600), minutesAhead: 0, now: at))
    }
}
