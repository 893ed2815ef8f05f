import Contracts
package import Foundation

/// How good a schedule is: one half how much of the time somebody is on call, one half how evenly its people share the work.
///
/// The score of Grafana OnCall (`on_call_schedule.py`): the mean of the covered percentage and the balance. The balance is the mean, over all
/// pairs of people, of the shorter time on call divided by the longer one; from 95 on it counts as 100.
package struct ScheduleQuality: Sendable, Hashable {
    /// Somebody's time on call.
    package struct Load: Sendable, Hashable {
        package let member: Member
        package let seconds: TimeInterval
        /// How far above (or, negative, below) the mean of all, in percent of it.
        package let aboveMean: Double
    }

    /// A year in whole weeks: every usual rotation goes round in it.
    package static let period: TimeInterval = 52 * 7 * 86_400
    /// No rotation of whole shifts divides a year evenly; what is this even, in percent, is perfect.
    package static let evenEnough = 95.0

    package let range: Range<Date>
    /// 0 to 100.
    package let score: Int
    package let coveragePercent: Double
    /// As reckoned, before the tolerance.
    package let balancePercent: Double
    /// Of everybody with any time on call, most first.
    package let loads: [Load]

    package init(_ timeline: Timeline) {
        range = timeline.range
        let people = People(timeline.acting)
        let seconds = timeline.seconds(by: people)
        let members = people.members(timeline.acting)
        let mean = seconds.isEmpty ? 0 : seconds.values.reduce(0, +) / Double(seconds.count)
        loads = seconds.compactMap { key, seconds in
            members[key].map { Load(member: $0, seconds: seconds, aboveMean: 100 * (seconds / mean - 1)) }
        }.sorted { ($1.seconds, $0.member.name) < ($0.seconds, $1.member.name) }
        coveragePercent = 100 * timeline.share
        balancePercent = Self.balance(loads.map(\.seconds))
        score = Int(((coveragePercent + Self.tolerant(balancePercent)) / 2).rounded())
    }

    /// The balance as it counts in the score.
    package var countedBalance: Double { Self.tolerant(balancePercent) }

    private static func tolerant(_ balance: Double) -> Double {
        balance >= evenEnough ? 100 : balance
    }

    /// One person shares with nobody and is as even as can be; where nobody ever is on call nothing is.
    private static func balance(_ seconds: [TimeInterval]) -> Double {
        guard seconds.count > 1 else { return seconds.isEmpty ? 0 : 100 }
        var sum = 0.0
        for (index, longer) in seconds.enumerated() {
            for shorter in seconds[(index + 1)...] { sum += min(shorter, longer) / max(shorter, longer) }
        }
        return 100 * sum / Double(seconds.count * (seconds.count - 1) / 2)
    }
}

extension People {
    /// By key, each by the name and address that tell most.
    fileprivate func members(_ all: [Member]) -> [String: Member] {
        Dictionary(all.map { (key(of: $0), $0) }) { $1.email == nil && $0.email != nil ? $0 : $1 }
    }
}
