import Contracts
import Foundation

extension Zone {
    /// `Mon 2026-03-09 09:00 Europe/Berlin`
    func reading(of instant: Date) -> String {
        let day = date(at: instant)
        let time = LocalTime(minuteOfDay: wallClock(at: instant).remainder(cycle: 86_400) / 60)
        return "\(day.weekday.rawValue.prefix(3).capitalized) \(day) \(time?.description ?? "") \(name)"
    }
}

extension Board {
    /// In which the people of that role read times: that of its first layer.
    func zone(of role: OnCallRole) -> Zone {
        (schedule.layers.first { $0.role == role } ?? schedule.layers.first)?.zone ?? .utc
    }
}
