/// A time of day on the wall clock, to the minute, such as `09:00`.
package struct LocalTime: Sendable, Hashable {
    /// 0…1439.
    package let minuteOfDay: Int

    package init?(minuteOfDay: Int) {
        guard (0..<1440).contains(minuteOfDay) else { return nil }
        self.minuteOfDay = minuteOfDay
    }

    private init(hour: Int) {
        minuteOfDay = hour * 60
    }

    /// Reads `09:00`, 24-hour clock; anything else is nil.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(digits: bytes[0..<2]), let minute = Int(digits: bytes[3..<5]),
            hour < 24, minute < 60
        else { return nil }
        self.init(minuteOfDay: hour * 60 + minute)
    }

    /// When a team hands over unless it says otherwise.
    package static let nineInTheMorning = LocalTime(hour: 9)
}

extension LocalTime: CustomStringConvertible {
    package var description: String {
        "\((minuteOfDay / 60).padded(2)):\((minuteOfDay % 60).padded(2))"
    }
}
