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
            absences: Absences(
                try timeOff.map { TimeOff(person: $0.0, span: try instant($0.1)..<instant($0.2)) }, AddressBook()),
            holidays: Holidays(holidays))
    }

    private static func layer(from start: String, _ roster: [[Member]], _ cadence: Cadence = Cadence(Cadence.Unit.weekly)) throws -> Layer {
        let rotation = Rotation(
            cadence: cadence, zone: .utc, handoffTime: try #require(LocalTime("00:00")), handoffDay: cadence.hasHandoffDay ? .monday : nil,
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
            absences: Absences([TimeOff(person: person, span: span)], book), holidays: Holidays([day]).known(by: book), book: book)
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
            absences: Absences([TimeOff(person: "zoe", span: span)], book), holidays: .none, book: book)
        #expect(zoe.conflicts(in: range).map { $0.cover?.email?.lowercased() } == ["bob@example.org"])
        #expect(zoe.remembering([], elsewhere: engaged).conflicts(in: range).map(\.cover) == [nil])
        #expect(zoe.remembering([], elsewhere: Engagements(["payments": [away]], book)).conflicts(in: range).first?.cover != nil)
    }

    /// 200 teams for a quarter with two national holidays, and 20,000 holidays of people who are in none of them.
    @Test func manyTeamsAreReckonedInTime() async throws {
        let range = try instant("2026-03-02T00:00:00Z")..<instant("2026-06-02T00:00:00Z")
        let boards = try Self.boards(200)
        let off = boards.keys.map { TimeOff(person: "\($0)-b@example.org", span: range) }
        let strangers = (0..<20_000).map { number in
            let date = LocalDate(daysSince1970: 20_514 + number % 92)
            let span = Zone.utc.span(of: date..<date.adding(days: 1))
            return Holidays.Day(date: date, title: "\(number)", scope: .person("stranger-\(number % 100)@example.org"), span: span)
        }
        let national = try ["2026-04-06", "2026-05-01"].map { text in
            let date = try #require(LocalDate(text))
            return Holidays.Day(date: date, title: "Feast", scope: .everybody, span: Zone.utc.span(of: date..<date.adding(days: 1)))
        }
        let book = AddressBook(["somebody": "somebody@example.org"])
        let start = ContinuousClock.now
        let survey = await CoverSurvey(
            boards, in: range, absences: Absences(off, book), holidays: Holidays(strangers + national).known(by: book), book)
        #expect(survey.teams.count == 200 && survey.candidates.count == 600)
        let found = await survey.conflicts(elsewhere: await survey.elsewhere(boards))
        #expect(ContinuousClock.now - start < .seconds(120))
        #expect(found.filter { $0.kind == .timeOff && $0.cover != nil }.count == 200 * 5)
        #expect(found.filter { $0.kind == .holiday && $0.holidays == ["Feast"] && $0.cover == nil }.count == 200 * 2)
        #expect(found.count == 200 * 7 && survey.counts.values.allSatisfy { $0 == 7 })
    }

    /// A year of one team, two days of which need somebody, among 1,000 that hand over every hour: who is on call there then is looked at, and nobody else.
    @Test func otherTeamsMatterOnlyWhereTheyNameACandidateAndOnlyThen() async throws {
        let range = try instant("2026-03-02T00:00:00Z")..<instant("2027-03-02T00:00:00Z")
        var boards = try Self.boards(1_000, Cadence(Cadence.Unit.hourly))
        boards["payments"] = board([
            try Self.layer(from: "2026-03-02", ["a", "b", "c", "d"].map { [Member(name: $0, email: "\($0)@example.org", role: .primary)] })
        ])
        boards["z-late"] = board([try Self.layer(from: "2026-03-02", [[Member(name: "C", email: "C@example.org", role: .primary)]])])
        let asked = boards.filter { $0.key == "payments" }
        let off = [TimeOff(person: "b@example.org", span: try instant("2026-03-10T00:00:00Z")..<instant("2026-03-12T00:00:00Z"))]
        let start = ContinuousClock.now
        let survey = await CoverSurvey(asked, in: range, absences: Absences(off, AddressBook()), holidays: .none)
        let found = await survey.conflicts(elsewhere: await survey.elsewhere(boards))
        #expect(ContinuousClock.now - start < .seconds(120))
        #expect(found.map { $0.cover?.name } == ["d"], "c is on call for another team")
        #expect(await survey.conflicts().map { $0.cover?.name } == ["c"])
        #expect(await survey.conflicts(inactive: ["c@example.org"]).map { $0.cover?.name } == ["d"])
    }

    /// So many teams of three people each.
    private static func boards(_ count: Int, _ cadence: Cadence = Cadence(Cadence.Unit.weekly)) throws -> [String: Board] {
        try Dictionary(
            uniqueKeysWithValues: (0..<count).map { number in
                let name = "team-\(number)"
                let people = ["a", "b", "c"].map { Member(name: "\(name)-\($0)", email: "\(name)-\($0)@example.org", role: .primary) }
                return (name, board([try layer(from: "2026-03-02", people.map { [$0] }, cadence)]))
            })
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
