import Contracts
import Foundation
import OnCall
import Testing

/// Who is to cover, and what is to be covered.
@Suite struct CoverPlanTests {
    /// Weekly turns of A, B, C and D from Monday 2026-03-02 on; E is secondary throughout.
    private static func plan(
        _ timeOff: [(String, String, String)], _ holidays: [Holidays.Day] = [], from start: String = "2026-03-02T00:00:00Z",
        roster names: [String] = ["A", "B", "C", "D"], elsewhere: [CoverPlan.Shift] = []
    ) throws -> CoverPlan {
        let member = { (name: String, role: OnCallRole) in Member(name: name, email: "\(name.lowercased())@example.org", role: role) }
        let first = try layer(from: "2026-03-02", names.map { [member($0, .primary)] })
        let second = try layer(from: "2026-03-02", [[member("E", .secondary)]])
        let board = board([first, second])
        let whole = try instant(start)..<instant("2026-06-01T00:00:00Z")
        return CoverPlan(
            team: "payments", roster: board.schedule.members,
            shifts: OnCallRole.allCases.flatMap { CoverPlan.shifts(Timeline([board], $0, in: whole), $0) },
            elsewhere: Engagements(["other": elsewhere]),
            timeOff: try timeOff.map { TimeOff(person: $0.0, span: try instant($0.1)..<instant($0.2)) }, holidays: Holidays(holidays))
    }

    private static func layer(from start: String, _ roster: [[Member]]) throws -> Layer {
        let rotation = Rotation(
            cadence: Cadence(.weekly), zone: .utc, handoffTime: try #require(LocalTime("00:00")), handoffDay: .monday,
            start: try #require(LocalDate(start)))
        let role = roster[0][0].role
        return try #require(Layer(name: role.rawValue, role: role, zone: .utc, turns: .clock(rotation), roster: roster))
    }

    private static func found(_ plan: CoverPlan, from: String = "2026-03-02T00:00:00Z") throws -> [String] {
        plan.conflicts(in: try instant(from)..<instant("2026-04-27T00:00:00Z")).map { conflict in
            let cover = conflict.cover?.name ?? "-"
            let span = "\(conflict.span.lowerBound.rfc3339.prefix(13))/\(conflict.span.upperBound.rfc3339.prefix(13))"
            return "\(conflict.kind.rawValue) \(conflict.role.rawValue) \(conflict.member.name) \(span) \(cover)"
        }
    }

    @Test(arguments: [
        // Two days of B's week: C and D are newcomers, C comes first.
        ([("b@example.org", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")], ["time_off primary B 2026-03-10T00/2026-03-12T00 C"]),
        // By name, and from before the shift until after it.
        ([("B", "2026-03-01T00:00:00Z", "2026-03-30T00:00:00Z")], ["time_off primary B 2026-03-09T00/2026-03-16T00 C"]),
        // Nobody who is not on call has a conflict.
        ([("B", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"), ("Z", "2026-03-02T00:00:00Z", "2026-05-09T00:00:00Z")], []),
        // Two absences that touch are one.
        (
            [("B", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"), ("B", "2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z")],
            ["time_off primary B 2026-03-10T00/2026-03-12T00 C"]
        ),
        // C is off too, so D.
        (
            [("B", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z"), ("C", "2026-03-11T23:00:00Z", "2026-03-12T00:00:00Z")],
            ["time_off primary B 2026-03-10T00/2026-03-12T00 D"]
        ),
        // A proposal counts as done: after C covered, D is the newcomer.
        (
            [("A", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"), ("B", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z")],
            ["time_off primary A 2026-03-04T00/2026-03-05T00 B", "time_off primary B 2026-03-10T00/2026-03-11T00 C"]
        ),
        // In the second round all have been on call: A longest ago.
        ([("D", "2026-04-20T00:00:00Z", "2026-04-21T00:00:00Z")], ["time_off primary D 2026-04-20T00/2026-04-21T00 A"]),
        // Primary and secondary at once: one cover each.
        (
            [("A", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"), ("E", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")],
            ["time_off primary A 2026-03-03T00/2026-03-04T00 B", "time_off secondary E 2026-03-03T00/2026-03-04T00 C"]
        ),
    ])
    func absencesMeetShifts(_ timeOff: [(String, String, String)], _ expected: [String]) throws {
        #expect(try Self.found(try Self.plan(timeOff)) == expected)
    }

    @Test func nobodyCoversWhoIsOnCallElsewhereOrHasNoAddress() throws {
        let off = [("B", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")]
        let busy = CoverPlan.Shift(
            role: .secondary, member: Member(name: "Cecil", email: "C@example.org", role: .secondary),
            span: try instant("2026-03-11T00:00:00Z")..<instant("2026-03-11T01:00:00Z"))
        #expect(try Self.found(try Self.plan(off, elsewhere: [busy])) == ["time_off primary B 2026-03-10T00/2026-03-12T00 D"])
        #expect(try Self.found(try Self.plan(off, roster: ["A", "B"])) == ["time_off primary B 2026-03-10T00/2026-03-12T00 A"])
        let alone = try Self.plan([("A", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z")], roster: ["A"])
        #expect(try Self.found(alone) == ["time_off primary A 2026-03-10T00/2026-03-12T00 -"])
        let plan = try Self.plan(off, elsewhere: [busy])
        let conflict = try #require(plan.conflicts(in: try instant("2026-03-02T00:00:00Z")..<instant("2026-04-27T00:00:00Z")).first)
        let free = ["a", "c", "d", "e", "b"].map { name in
            plan.candidate(called: "\(name)@example.org").map { plan.isFree($0, for: conflict) }
        }
        #expect(free == [true, false, true, false, false])
    }

    @Test func holidaysAreMarkedAndCoveredWhereTheyAreOnePersons() throws {
        let day = { (date: String, scope: Holidays.Scope) in
            let date = try #require(LocalDate(date))
            return Holidays.Day(date: date, title: "Feast", scope: scope, span: Zone.utc.span(of: date..<date.adding(days: 1)))
        }
        let holidays = try [
            day("2026-03-11", .everybody), day("2026-03-18", .person("c@example.org")), day("2026-03-25", .team("payments")),
            day("2026-03-26", .team("other")), day("2026-03-12", .person("C")),
        ]
        let plan = try Self.plan([("B", "2026-03-12T00:00:00Z", "2026-03-13T00:00:00Z")], holidays)
        #expect(
            try Self.found(plan) == [
                "holiday primary B 2026-03-11T00/2026-03-12T00 -", "holiday secondary E 2026-03-11T00/2026-03-12T00 -",
                "time_off primary B 2026-03-12T00/2026-03-13T00 D", "holiday primary C 2026-03-18T00/2026-03-19T00 A",
                "holiday primary D 2026-03-25T00/2026-03-26T00 -", "holiday secondary E 2026-03-25T00/2026-03-26T00 -",
            ])
        let member = Member(name: "C", email: "c@example.org", role: .primary)
        let table = Holidays(holidays)
        #expect(table.titles(try #require(LocalDate("2026-03-18")), of: member, in: "payments") == ["Feast"])
        #expect(table.contains(try #require(LocalDate("2026-03-26")), of: member, in: "other"))
        #expect(!table.contains(try #require(LocalDate("2026-03-26")), of: member, in: "payments"))
    }

    /// Whatever time off, holidays and the schedule call somebody: by user name, by address, or each by another one.
    @Test(arguments: [
        ("bobby", nil, "bob@example.org"), ("bobby", nil, "bobby"), ("Bob", "bob@example.org", "bobby"),
        ("Bob", "BOB@example.org", "bob@example.org"),
    ])
    func peopleAreFoundByWhateverTheyAreCalled(_ name: String, _ email: String?, _ person: String) throws {
        let book = AddressBook(["bobby": "Bob@example.org", "zoe": nil])
        let member = Member(name: name, email: email, role: .primary)
        let board = board([try Self.layer(from: "2026-03-02", [[member], [Member(name: "zoe", email: nil, role: .primary)]])])
        let range = try instant("2026-03-02T00:00:00Z")..<instant("2026-03-09T00:00:00Z")
        let span = try instant("2026-03-03T00:00:00Z")..<instant("2026-03-04T00:00:00Z")
        let date = try #require(LocalDate("2026-03-05"))
        let day = Holidays.Day(date: date, title: nil, scope: .person(person), span: Zone.utc.span(of: date..<date.adding(days: 1)))
        let plan = CoverPlan(
            team: "payments", roster: board.schedule.members, shifts: CoverPlan.shifts([board], in: range),
            timeOff: [TimeOff(person: person, span: span)], holidays: Holidays([day]), book: book)
        #expect(plan.conflicts(in: range).map(\.kind) == [.timeOff, .holiday])
        #expect(plan.candidate(called: "bob@example.org") != nil && plan.candidate(called: "bobby") != nil)
        #expect(Holidays([day], book).contains(date, of: member, in: "payments"))
        #expect(!Holidays([day], book).contains(date, of: Member(name: "zoe", email: nil, role: .primary), in: "payments"))
        // In another team by the other name: no cover for anybody.
        let away = CoverPlan.Shift(role: .primary, member: Member(name: "bobby", email: nil, role: .primary), span: span)
        let engaged = Engagements(["other": [away]], book)
        let zoe = CoverPlan(
            team: "payments", roster: [member],
            shifts: [.init(role: .primary, member: Member(name: "zoe", email: nil, role: .primary), span: span)],
            timeOff: [TimeOff(person: "zoe", span: span)], holidays: .none, book: book)
        #expect(zoe.conflicts(in: range).map { $0.cover?.email?.lowercased() } == ["bob@example.org"])
        #expect(zoe.remembering([], elsewhere: engaged).conflicts(in: range).map(\.cover) == [nil])
        #expect(zoe.remembering([], elsewhere: Engagements(["payments": [away]], book)).conflicts(in: range).first?.cover != nil)
    }

    /// 200 teams for a quarter with a national holiday: each team's shifts are reckoned once.
    @Test func manyTeamsAreReckonedInTime() throws {
        let range = try instant("2026-03-02T00:00:00Z")..<instant("2026-06-02T00:00:00Z")
        let names = (0..<200).map { "team-\($0)" }
        let off = names.map { TimeOff(person: "\($0)-b@example.org", span: range) }
        let start = ContinuousClock.now
        var shifts: [String: [CoverPlan.Shift]] = [:]
        var boards: [String: Board] = [:]
        for name in names {
            let people = ["a", "b", "c"].map { Member(name: "\(name)-\($0)", email: "\(name)-\($0)@example.org", role: .primary) }
            let board = board([try Self.layer(from: "2026-03-02", people.map { [$0] })])
            boards[name] = board
            shifts[name] = CoverPlan.shifts([board], in: range)
        }
        let elsewhere = Engagements(shifts)
        let found = names.flatMap { name in
            CoverPlan(
                team: name, roster: boards[name]?.schedule.members ?? [], shifts: shifts[name] ?? [], timeOff: off, holidays: .none
            ).remembering([], elsewhere: elsewhere).conflicts(in: range)
        }
        #expect(found.count == 200 * 5 && found.allSatisfy { $0.cover != nil })
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(arguments: [
        ([("A", false, 5), ("B", false, 3), ("C", true, nil)], "B"), ([("A", false, 5), ("B", false, nil), ("C", false, nil)], "B"),
        ([("A", false, 3), ("B", false, 3)], "A"), ([("A", true, 3), ("B", true, nil)], nil), ([], nil),
    ])
    func pickIsFair(_ roster: [(String, Bool, Double?)], _ picked: String?) {
        let candidates = roster.map { name, isBusy, last in
            FairPick.Candidate(
                member: Member(name: name, email: nil, role: .primary), isBusy: isBusy,
                lastOnCall: last.map { Date(timeIntervalSince1970: $0) })
        }
        #expect(FairPick.pick(candidates)?.name == picked)
    }

    @Test(arguments: [(0, false, 0.5, 21_600.0), (0, true, 0.5, 86_400), (1, false, 0.5, 300), (3, false, 0, 960), (40, false, 1, 25_920)])
    func feedsAreReadAgainInTime(_ failures: Int, _ isUpload: Bool, _ chance: Double, _ seconds: Double) {
        let now = Date(timeIntervalSince1970: 0)
        let next = CalendarFeed.nextReading(after: now, failures: failures, isUpload: isUpload, chance: chance)
        #expect(abs(next.timeIntervalSince(now) - seconds) < 0.001)
    }
}
