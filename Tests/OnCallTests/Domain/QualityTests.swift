import Contracts
import Foundation
import OnCall
import Testing

/// The score is that of Grafana OnCall: half coverage, half balance.
@Suite struct QualityTests {
    private static let now = Date(timeIntervalSince1970: 1_772_409_600)

    private func report(_ layers: [Layer], days: Double = 28) -> CoverageReport {
        CoverageReport([board(layers)], in: Self.now..<Self.now.addingTimeInterval(days * 86_400))
    }

    /// From Monday 2026-03-02, weekly turns: 52 weeks.
    @Test(arguments: [
        (["A"], 100, 100, 100),
        (["A", "B"], 100, 100, 100),
        // 18, 17 and 17 weeks: (17/18 + 17/18 + 1) / 3 is 96.3, which is even enough.
        (["A", "B", "C"], 96.3, 100, 100),
        // 35 and 17 weeks.
        (["A", "A", "B"], 48.57, 48.57, 74),
        // 26, 13 and 13 weeks: (1/2 + 1/2 + 1) / 3.
        (["A", "B", "A", "C"], 66.67, 66.67, 83),
    ])
    func balanceIsTheMeanOverPairs(_ turns: [String], _ balance: Double, _ counted: Double, _ score: Int) throws {
        let quality = report([try layer(turns, from: "2026-03-02")]).quality
        #expect(quality.coveragePercent == 100)
        #expect(abs(quality.balancePercent - balance) < 0.01 && abs(quality.countedBalance - counted) < 0.01)
        #expect(quality.score == score)
    }

    @Test func halfTheScoreIsCoverage() throws {
        let weekdays = try [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map { try restriction($0, "00:00", hours: 24) }
        let quality = report([try layer(["A", "B"], from: "2026-03-02", weekdays)]).quality
        #expect(abs(quality.coveragePercent - 500.0 / 7) < 0.01 && quality.balancePercent == 100 && quality.score == 86)
        let nobody = report([try layer(role: .secondary, ["A"], from: "2026-03-02")])
        #expect(nobody.quality.score == 0 && nobody.quality.balancePercent == 0 && nobody.quality.loads.isEmpty)
    }

    @Test func whoeverNeverHasATurnIsNamed() throws {
        // Fourteen people in daily turns by the clock, weekends cut: the same days fall on the same four every time.
        let people = (1...14).map { "P\($0)" }
        let weekdays = try [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map { try restriction($0, "00:00", hours: 24) }
        let report = report([try layer(people, Cadence(Cadence.Unit.daily), from: "2026-03-02", on: nil, weekdays)])
        #expect(report.neverOnCall.map(\.name) == ["P6", "P7", "P13", "P14"])
        #expect(report.quality.loads.count == 10)
    }

    @Test func loadsSayHowFarAboveTheMeanSomebodyIs() throws {
        let loads = report([try layer(["A", "B", "A", "C"], from: "2026-03-02")]).quality.loads
        #expect(loads.map(\.member.name) == ["A", "B", "C"])
        #expect(loads.map { Int($0.aboveMean.rounded()) } == [50, -25, -25])
    }

    @Test func gapsComeInOrderWithTheirReason() throws {
        let office = try restriction(nil, "09:00", hours: 8)
        let away = try override("A", from: "2026-03-03T10:00:00Z", until: "2026-03-03T11:00:00Z", kind: .remove)
        let layers = [
            try layer(["A"], from: "2026-03-02", [office]),
            try layer(named: "late", role: .secondary, ["S"], from: "2026-03-03", on: .tuesday),
        ]
        let report = CoverageReport(
            [board(layers, overrides: [away])], in: Self.now..<Self.now.addingTimeInterval(2 * 86_400))
        #expect(report.gaps.map(\.absence) == [.gap, .notStarted, .gap, .removed, .gap])
        #expect(report.gaps.map(\.role) == [.primary, .secondary, .primary, .primary, .primary])
        #expect(report.shares.map(\.uncovered) == [118_800.0, 86_400.0])
        #expect(report.gapCount == 5)
    }

    @Test func aRoleThatNobodyHasIsNobodysGap() throws {
        let report = report([try layer(["A"], from: "2026-03-02")])
        #expect(report.shares.map(\.role) == [.primary] && report.gaps.isEmpty)
    }
}
