package import Foundation

/// The time that one partition covers: a day or a month of UTC.
package enum PartitionSpan: Sendable {
    case day, month

    private var component: Calendar.Component { self == .day ? .day : .month }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    /// The beginning of the span that `date` lies in, or of one `offset` spans later.
    package func start(of date: Date, offset: Int = 0) -> Date {
        let start = Self.calendar.dateInterval(of: component, for: date)?.start ?? date
        return Self.calendar.date(byAdding: component, value: offset, to: start) ?? start
    }

    /// `20260308` or `202603`.
    package func name(of date: Date) -> String {
        let parts = Self.calendar.dateComponents([.year, .month, .day], from: date)
        let (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
        return String(self == .day ? year * 10_000 + month * 100 + day : year * 100 + month)
    }

    /// The inverse of ``name(of:)``; nil for anything else.
    package func start(named name: some StringProtocol) -> Date? {
        guard name.utf8.count == (self == .day ? 8 : 6), let number = Int(name) else { return nil }
        let months = self == .day ? number / 100 : number
        let parts = DateComponents(year: months / 100, month: months % 100, day: self == .day ? number % 100 : 1)
        guard let date = Self.calendar.date(from: parts), self.name(of: date) == name else { return nil }
        return date
    }
}
