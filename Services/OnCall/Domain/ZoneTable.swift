import Foundation
import Synchronization

/// A zone's offsets from UTC over time, read from Foundation's tz data once and found by bisection afterwards.
///
/// A year of a large schedule asks for tens of thousands of offsets; Foundation takes a lock and a calendar for each.
final class ZoneTable: Sendable {
    /// 2100-01-01T00:00Z. What lies outside the table is asked of Foundation each time.
    private static let horizon = 4_102_444_800
    /// A zone has some 260 changes until the horizon; bounds the reading of data that makes no sense.
    private static let mostChanges = 2000

    /// More than the tz database has names, aliases too; a Foundation that takes a name in more than one spelling must not fill the memory.
    private static let mostTables = 1000

    private static let tables = Mutex<[String: ZoneTable]>([:])

    private let rules: TimeZone
    /// `offsets[n]` holds from `starts[n]` on; the first begins in 1970.
    private let starts: [Int]
    private let offsets: [Int]

    /// The table of that zone of the tz database; nil when there is none.
    static func named(_ name: String) -> ZoneTable? {
        if let table = tables.withLock({ $0[name] }) { return table }
        guard let rules = TimeZone(identifier: name) else { return nil }
        let table = ZoneTable(rules)
        tables.withLock { tables in
            if tables.count < mostTables { tables[name] = table }
        }
        return table
    }

    init(_ rules: TimeZone) {
        self.rules = rules
        var starts = [0]
        var offsets = [rules.secondsFromGMT(for: Date(timeIntervalSince1970: 0))]
        var instant = Date(timeIntervalSince1970: 0)
        while let next = rules.nextDaylightSavingTimeTransition(after: instant), next > instant, starts.count < Self.mostChanges {
            let second = Int(next.timeIntervalSince1970)
            guard second < Self.horizon else { break }
            starts.append(second)
            offsets.append(rules.secondsFromGMT(for: next))
            instant = next
        }
        self.starts = starts
        self.offsets = offsets
    }

    /// Seconds east of UTC.
    func offset(atSecond second: Int) -> Int {
        guard second >= 0, second < Self.horizon else { return rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= second { low = middle } else { high = middle }
        }
        return offsets[low]
    }
}
