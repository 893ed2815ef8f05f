package import Contracts
package import Foundation

/// What a schedule would change if it were saved now: who is on call otherwise, and whose hours rise or fall.
package struct SchedulePreview: Sendable, Hashable {
    /// A piece of time in which other people would be on call than now.
    package struct Difference: Sendable, Hashable {
        package let role: OnCallRole
        package let start: Date
        package let end: Date
        package let before: Duty
        package let after: Duty
    }

    /// Somebody's time on call in both roles together, in seconds.
    package struct Load: Sendable, Hashable {
        package let name: String
        package let handle: String
        package let before: TimeInterval
        package let after: TimeInterval
    }

    /// Four weeks show every rotation people usually have.
    package static let usual: TimeInterval = 28 * 86_400
    /// More pieces nobody reads; the loads count them all.
    package static let mostDifferences = 1000

    package let team: String
    package let range: Range<Date>
    package let differences: [Difference]
    /// By name; those whose hours change first.
    package let loads: [Load]
    /// Seconds in which no primary is on call.
    package let uncoveredBefore: TimeInterval
    package let uncoveredAfter: TimeInterval

    /// - Parameter before: what is in force; nil for a team without a schedule. What lies on top of it stays.
    package init(team: String, before: Board?, after: Schedule, _ range: Range<Date>) {
        let boardAfter = Board(schedule: after, overrides: before?.overrides ?? [], temporaries: before?.temporaries ?? [])
        let timelines = OnCallRole.allCases.map { role in
            (role: role, before: Timeline(before.map { [$0] } ?? [], role, in: range), after: Timeline([boardAfter], role, in: range))
        }
        self.team = team
        self.range = range
        let people = People(timelines.flatMap { $0.before.acting + $0.after.acting })
        differences = Array(timelines.flatMap { Self.differences($0.role, $0.before, $0.after, people) }.prefix(Self.mostDifferences))
        loads = Self.loads(timelines.map(\.before), timelines.map(\.after), people)
        let whole = range.upperBound.timeIntervalSince(range.lowerBound)
        uncoveredBefore = timelines.filter { $0.role == .primary }.reduce(0) { $0 + whole - $1.before.covered }
        uncoveredAfter = timelines.filter { $0.role == .primary }.reduce(0) { $0 + whole - $1.after.covered }
    }

    /// Both timelines fill the range, so one walk over the bounds of both meets every pair of duties that share time.
    private static func differences(
        _ role: OnCallRole, _ before: Timeline, _ after: Timeline, _ people: People
    ) -> [Difference] {
        let keys = { (duty: Duty) in duty.acting.map { people.key(of: $0.member) } }
        var differences: [Difference] = []
        var old = before.spans[...]
        var new = after.spans[...]
        while let left = old.first, let right = new.first {
            let start = max(left.start, right.start)
            let end = min(left.end ?? .distantFuture, right.end ?? .distantFuture)
            if keys(left.duty) != keys(right.duty) {
                let difference = Difference(role: role, start: start, end: end, before: left.duty, after: right.duty)
                if let last = differences.last, last.end == start, keys(last.before) == keys(left.duty),
                    keys(last.after) == keys(right.duty)
                {
                    differences[differences.count - 1] = Difference(
                        role: role, start: last.start, end: end, before: last.before, after: last.after)
                } else {
                    differences.append(difference)
                }
            }
            if left.end == end { old = old.dropFirst() }
            if right.end == end { new = new.dropFirst() }
        }
        return differences
    }

    private static func loads(_ before: [Timeline], _ after: [Timeline], _ people: People) -> [Load] {
        var names: [String: String] = [:]
        for member in (before + after).flatMap(\.acting) { names[people.key(of: member)] = member.name }
        let sum = { (timelines: [Timeline]) in
            timelines.reduce(into: [String: TimeInterval]()) { $0.merge($1.seconds(by: people), uniquingKeysWith: +) }
        }
        let (old, new) = (sum(before), sum(after))
        let loads = names.map { key, name in Load(name: name, handle: key, before: old[key] ?? 0, after: new[key] ?? 0) }
        return loads.sorted { ($0.before == $0.after ? 1 : 0, $0.name, $0.handle) < ($1.before == $1.after ? 1 : 0, $1.name, $1.handle) }
    }
}
