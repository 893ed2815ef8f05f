import Contracts
import Foundation
import OnCall
import Testing

/// Who bore how much.
@Suite struct LedgerTests {
    private func night(_ from: String = "22:00", _ to: String = "06:00") throws -> DutyHours.Night {
        let dusk = try #require(LocalTime(from))
        let dawn = try #require(LocalTime(to))
        return try #require(DutyHours.Night(from: dusk, to: dawn))
    }

    private func ledger(
        _ boards: [Board], _ from: String, _ to: String, holidays: Holidays = .none, pages: [PageTally] = [], now: String? = nil
    ) throws -> [FairnessLedger.Entry] {
        FairnessLedger(
            boards, in: try instant(from)..<instant(to), terms: .init(night: try night(), holidays: holidays), pages: pages,
            now: try instant(now ?? to)
        ).entries
    }

    private func holidays(_ days: Set<LocalDate>, _ scope: Holidays.Scope) -> Holidays {
        Holidays(days.map { .init(date: $0, title: nil, scope: scope, span: .distantPast ..< .distantFuture) })
    }

    /// A weekend of one person in Berlin, from Saturday 00:00 to Monday 00:00 of the wall clock.
    @Test(arguments: [
        // Ordinary: nights of 6, 8 and 2 hours.
        ("2026-03-06T23:00:00Z", "2026-03-08T23:00:00Z", 48.0, 16.0),
        // The clock skips an hour of the second night.
        ("2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z", 47, 15),
        // And gives it back.
        ("2026-10-23T22:00:00Z", "2026-10-25T23:00:00Z", 49, 17),
    ])
    func aNightIsAsLongAsItReallyWas(_ from: String, _ to: String, _ hours: Double, _ nightHours: Double) throws {
        let entries = try ledger([board([try layer(["A"], zone: "Europe/Berlin", from: "2026-01-05")])], from, to)
        let entry = try #require(entries.first)
        #expect(entry.hours.seconds == hours * 3600 && entry.hours.weekends.seconds == hours * 3600)
        #expect(entry.hours.nights.seconds == nightHours * 3600)
        #expect(entry.hours.nights.days.count == 3 && entry.hours.weekends.days.count == 2)
    }

    /// Each minute of two months with both changes of the clock, read off the wall clock one by one.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
    func everyMinuteIsWhereTheWallClockSaysItIs(_ name: String) throws {
        let zone = try #require(Zone(name))
        let shifts = try layer(["A", "B", "C"], Cadence(Cadence.Unit.hourly, every: 7), zone: name, from: "2026-01-05", on: nil)
        let board = board([shifts])
        for start in ["2026-03-01T00:00:00Z", "2026-10-15T00:00:00Z"] {
            let from = try instant(start)
            let minutes = 30 * 1440
            var expected: [String: [Int]] = [:]
            for minute in 0..<minutes {
                let at = from.addingTimeInterval(Double(minute) * 60)
                let person = try #require(board.duty(.primary, at: at).duty.member).name
                let clock = (zone.wallClock(at: at) % 86_400) / 60
                let day = zone.date(at: at)
                let counts = [
                    1, clock >= 22 * 60 || clock < 6 * 60 ? 1 : 0, day.weekday == .saturday || day.weekday == .sunday ? 1 : 0,
                    day == LocalDate("2026-03-29") || day == LocalDate("2026-10-25") ? 1 : 0,
                ]
                expected[person] = zip(expected[person] ?? [0, 0, 0, 0], counts).map(+)
            }
            let off: Set<LocalDate> = [try #require(LocalDate("2026-03-29")), try #require(LocalDate("2026-10-25"))]
            let entries = try ledger(
                [board], start, from.addingTimeInterval(Double(minutes) * 60).rfc3339, holidays: holidays(off, .everybody))
            for entry in entries {
                let hours = entry.hours
                let found = [hours.seconds, hours.nights.seconds, hours.weekends.seconds, hours.holidays.seconds].map { Int($0) / 60 }
                #expect(found == expected[entry.name], "\(entry.name) from \(start)")
            }
            #expect(entries.count == 3)
        }
    }

    @Test func anInstantCountsOnceForSomebodyInBothRoles() throws {
        let both = board([try layer(["A"], from: "2026-03-02"), try layer(named: "second", role: .secondary, ["A"], from: "2026-03-02")])
        let entry = try #require(try ledger([both], "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z").first)
        #expect(entry.hours.seconds == 86_400 && entry.primary == 86_400 && entry.secondary == 86_400)
        #expect(entry.hours.nights.seconds == 8 * 3600)
    }

    @Test func shadowsBearNothing() throws {
        let shadow = Member(name: "S", email: nil, role: .primary, isShadow: true)
        let zone = Zone.utc
        let base = try layer(["A"], from: "2026-03-02")
        let learning = try #require(
            Layer(
                name: "l", role: .primary, zone: zone, turns: base.turns, roster: [[Member(name: "A", email: nil, role: .primary), shadow]])
        )
        #expect(try ledger([board([learning])], "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z").map(\.name) == ["A"])
    }

    @Test func thePastIsWhatWasInForceAndTheRestIsPlanned() throws {
        let change = try instant("2026-03-03T00:00:00Z")
        let old = Board(schedule: board([try layer(["A"], from: "2026-03-02")]).schedule, until: change)
        let new = Board(schedule: board([try layer(["B"], from: "2026-03-02")]).schedule, since: change)
        let entries = try ledger([old, new], "2026-03-02T00:00:00Z", "2026-03-06T00:00:00Z", now: "2026-03-04T00:00:00Z")
        #expect(entries.map(\.name) == ["A", "B"])
        #expect(entries.map(\.hours.seconds) == [86_400, 3 * 86_400])
        #expect(entries.map(\.planned) == [0, 2 * 86_400])
    }

    @Test func holidaysOfOnePersonAreNobodyElses() throws {
        let day = try #require(LocalDate("2026-03-03"))
        let pair = board([try layer(["A,B"], from: "2026-03-02")])
        let entries = try ledger(
            [pair], "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z", holidays: holidays([day], .person("A")))
        #expect(entries.map(\.hours.holidays.seconds) == [86_400, 0])
    }

    @Test func pagesFindTheirPersonByAddressOrName() throws {
        let people = [Member(name: "Alice", email: "alice@example.org", role: .primary), Member(name: "bob", email: nil, role: .primary)]
        let base = try layer(["A"], from: "2026-03-02")
        let team = board([try #require(Layer(name: "l", role: .primary, zone: .utc, turns: base.turns, roster: [people]))])
        let noon = try instant("2026-03-02T12:00:00Z")
        let entries = try ledger(
            [team], "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z",
            pages: [
                PageTally(name: "Alice", email: "ALICE@example.org", count: 2), PageTally(name: "bob", email: "bob@example.org", count: 3),
                PageTally(name: "Zoe", email: "zoe@example.org", count: 1),
                // An answer for several teams: Alice was on call for this one, Dan for another.
                PageTally(name: "Alice", email: "alice@example.org", sharedAt: noon, count: 1),
                PageTally(name: "Dan", email: "dan@example.org", sharedAt: noon, count: 1),
            ])
        #expect(entries.map(\.name) == ["Alice", "Zoe", "bob"])
        #expect(entries.map(\.pages) == [3, 1, 3])
    }

    /// A layer knows B by name, the override by which B took A's Sunday with an address too.
    @Test func whoeverIsKnownByNameHasOneLine() throws {
        let taken = try override("B", from: "2026-03-08T00:00:00Z", until: "2026-03-09T00:00:00Z", replacing: "A")
        let team = board([try layer(["A", "B"], from: "2026-03-02")], overrides: [taken])
        let entries = try ledger(
            [team], "2026-03-02T00:00:00Z", "2026-03-16T00:00:00Z", pages: [PageTally(name: "B", email: "", count: 2)])
        #expect(entries.map(\.name) == ["A", "B"] && entries.map(\.email) == [nil, "b@example.org"])
        #expect(entries.map(\.hours.seconds) == [6 * 86_400, 8 * 86_400] && entries.map(\.pages) == [0, 2])
        let week = try instant("2026-03-02T00:00:00Z")..<instant("2026-03-16T00:00:00Z")
        #expect(ScheduleQuality(Timeline([team], .primary, in: week)).loads.map(\.seconds) == [8 * 86_400, 6 * 86_400])
    }

    @Test(arguments: [
        (["a", "b"], "a,b"), (["a,b", "c"], #""a,b",c"#), ([#"say "hi""#], #""say ""hi""""#), (["two\r\nlines"], "\"two\r\nlines\""),
        (["=1+1"], "'=1+1"), (["+49 30", "-1", "@x", "\tx"], "'+49 30,'-1,'@x,'\tx"), (["=A1,B1"], #""'=A1,B1""#), (["\r=1"], "\"'\r=1\""),
        (["é=1", ""], "é=1,"),
    ])
    func cellsAreQuotedAndNeverFormulas(_ cells: [String], _ line: String) {
        var table = CSVTable(header: ["h"])
        table.append(cells)
        #expect(table.text == "h\r\n\(line)\r\n")
    }
}
