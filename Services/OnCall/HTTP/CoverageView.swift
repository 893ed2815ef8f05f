import Contracts
import Foundation

/// A coverage report with each figure's parts beside it.
struct CoverageView: Encodable {
    struct Share: Encodable {
        let role: OnCallRole
        let share: Double
        let hours: Double
        let gapHours: Double
    }

    struct Gap: Encodable {
        let role: OnCallRole
        let reason: String
        let explanation: String
        let start: Date
        let end: Date
        let hours: Double
    }

    struct Load: Encodable {
        let name: String
        let handle: String
        let hours: Double
        let percentAboveMean: Double
    }

    struct Quality: Encodable {
        let score: Int
        let from: Date
        let to: Date
        let coveragePercent: Double
        let balancePercent: Double
        let balanceCounted: Double
        let explanation: String
        let people: [Load]
        let neverOnCall: [String]
    }

    let team: String
    let timeZone: String
    let from: Date
    let to: Date
    let coverage: [Share]
    let gaps: [Gap]
    /// All of them, listed or not.
    let gapCount: Int
    let quality: Quality

    init(_ team: String, _ report: CoverageReport, timeZone: String) {
        self.team = team
        self.timeZone = timeZone
        from = report.range.lowerBound
        to = report.range.upperBound
        coverage = report.shares.map {
            Share(role: $0.role, share: $0.share, hours: $0.covered.inHours, gapHours: $0.uncovered.inHours)
        }
        gaps = report.gaps.map { gap in
            Gap(
                role: gap.role, reason: gap.absence.rawValue, explanation: gap.absence.explanation, start: gap.start, end: gap.end,
                hours: gap.end.timeIntervalSince(gap.start).inHours)
        }
        gapCount = report.gapCount
        quality = Quality(report.quality, neverOnCall: report.neverOnCall)
    }
}

extension CoverageView.Quality {
    fileprivate init(_ quality: ScheduleQuality, neverOnCall: [Member]) {
        score = quality.score
        from = quality.range.lowerBound
        to = quality.range.upperBound
        coveragePercent = quality.coveragePercent.inHundredths
        balancePercent = quality.balancePercent.inHundredths
        balanceCounted = quality.countedBalance.inHundredths
        explanation =
            "(coverage \(quality.coveragePercent.inHundredths) % + balance \(quality.countedBalance.inHundredths) %) / 2, of the primaries over"
            + " 52 weeks; the balance is the mean over all pairs of people of the shorter time on call divided by the longer, and counts as 100"
            + " from \(Int(ScheduleQuality.evenEnough)) on"
        people = quality.loads.map {
            CoverageView.Load(
                name: $0.member.name, handle: $0.member.handle, hours: $0.seconds.inHours, percentAboveMean: $0.aboveMean.inHundredths)
        }
        self.neverOnCall = neverOnCall.map(\.name)
    }
}

extension TimeInterval {
    /// Seconds as hours, to the hundredth.
    var inHours: Double { (self / 3600).inHundredths }

    /// Rounded to two digits after the point.
    var inHundredths: Double { (self * 100).rounded() / 100 }
}
