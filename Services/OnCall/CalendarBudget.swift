import Contracts
import Foundation

/// How often one calendar may be read: a program that reads in a circle shall not make this replica compute a year each time.
actor CalendarBudget {
    /// Calendar programs come every few minutes or hours; a household of them behind one address fits many times.
    static let perMinute = 30

    private var minute = 0
    private var counts: [CalendarID: Int] = [:]

    /// - Returns: Nil when it may, else for how long to wait.
    func admit(_ calendar: CalendarID, now: Date) -> Duration? {
        let second = Int(now.timeIntervalSince1970)
        if second / 60 != minute {
            minute = second / 60
            counts.removeAll(keepingCapacity: true)
        }
        let count = counts[calendar, default: 0]
        guard count < Self.perMinute else { return .seconds(60 - second % 60) }
        counts[calendar] = count + 1
        return nil
    }
}
