package import Foundation

extension Date {
    /// `2026-03-08T15:30:00.123Z`: UTC, milliseconds only when there are any.
    package var rfc3339: String {
        let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded(.down))
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let carry: Int64 = fraction < 0 ? 1 : 0
        let civil = CivilTime(secondsSince1970: seconds - carry)
        let millis = fraction + carry * 1000
        let base =
            "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2))T"
            + "\(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2))"
        return millis == 0 ? base + "Z" : base + "." + Int(millis).padded(3) + "Z"
    }

    /// Reads RFC 3339 with any fraction and any offset; nil for anything else, for a leap second out of place, and for years outside 1–9999,
    /// also when only the offset leads there: PostgreSQL would take no such instant.
    ///
    /// A space instead of `T` and an offset without colon (`+0000`, as CloudWatch sends) are accepted.
    package init?(rfc3339 text: some StringProtocol) {
        var scanner = TimeScanner(text)
        guard let seconds = scanner.scan() else { return nil }
        self.init(timeIntervalSince1970: seconds)
    }

    /// Go's zero time, `0001-01-01T00:00:00Z`, by which Alertmanager and Prometheus mean "unset".
    package static let goZero = Date(timeIntervalSince1970: -62_135_596_800)

    /// This instant cut to microseconds, which is what PostgreSQL keeps.
    package var truncatedToMicroseconds: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1_000_000).rounded(.down) / 1_000_000)
    }
}

/// Proleptic Gregorian fields of an instant in UTC, by Howard Hinnant's days-from-civil arithmetic; several times faster than `Calendar`.
private struct CivilTime {
    let year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int

    init(secondsSince1970 seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = Int(seconds - days * 86_400)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest % 3600 / 60
        second = rest % 60
    }

    static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private struct TimeScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8.prefix(64))
    }

    mutating func scan() -> Double? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2), take("T") || take("t") || take(" "),
            let hour = digits(2), take(":"), let minute = digits(2), take(":"), let second = digits(2)
        else { return nil }
        guard (1...9999).contains(year), (1...12).contains(month), (1...CivilTime.daysInMonth(month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction = 0.0
        if take(".") {
            guard let value = fractionDigits() else { return nil }
            fraction = value
        }
        guard let offset = offsetSeconds(), position == bytes.count else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + min(second, 59) - offset
        return Self.writable.contains(seconds) ? Double(seconds) + fraction : nil
    }

    /// Years 1 to 9999 in UTC.
    private static let writable = -62_135_596_800..<253_402_300_800

    private mutating func offsetSeconds() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours < 24 else { return nil }
        _ = take(":")
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func fractionDigits() -> Double? {
        var value = 0.0
        var scale = 0.1
        let start = position
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            value += Double(digit) * scale
            scale /= 10
            position += 1
        }
        return position > start ? value : nil
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + count {
            guard let digit = Self.digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        position += count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= 48 && byte <= 57 ? Int(byte) - 48 : nil
    }
}

extension Int {
    fileprivate func padded(_ width: Int) -> String {
        let text = String(self)
        return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
    }
}
