import Foundation

/// `timestamptz` as PostgreSQL reads and writes it, exact to the microsecond in both directions.
///
/// Foundation's formatters keep milliseconds and are slow; PostgreSQL keeps microseconds, and a lease compared with what was bound must be equal to it.
enum Timestamp {
    private static let microsecondsPerSecond: Int64 = 1_000_000
    /// 2000-01-01 00:00 UTC, from which PostgreSQL counts.
    private static let epoch: Int64 = 946_684_800 * microsecondsPerSecond
    private static let microsecondsPerDay: Int64 = 86_400_000_000
    /// The last second whose microseconds fit 64 bits, in the year 294247; PostgreSQL ends thirty years later.
    private static let latest: Double = 9_223_372_036_854

    /// Rounds to the nearest microsecond, so that an instant which was read from the database is bound as the same instant.
    ///
    /// - Returns: Nil for an instant that PostgreSQL cannot hold.
    static func text(_ date: Date) -> String? {
        guard let total = microseconds(date) else { return nil }
        let day = total >= 0 ? total / microsecondsPerDay : (total - microsecondsPerDay + 1) / microsecondsPerDay
        let rest = total - day * microsecondsPerDay
        let civil = civil(fromDay: Int(day))
        let second = Int(rest / microsecondsPerSecond)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer: buffer)
            writer.write(civil.year, digits: max(4, String(civil.year).utf8.count))
            writer.write(UInt8(ascii: "-"))
            writer.write(civil.month, digits: 2)
            writer.write(UInt8(ascii: "-"))
            writer.write(civil.day, digits: 2)
            writer.write(UInt8(ascii: " "))
            writer.write(second / 3600, digits: 2)
            writer.write(UInt8(ascii: ":"))
            writer.write(second % 3600 / 60, digits: 2)
            writer.write(UInt8(ascii: ":"))
            writer.write(second % 60, digits: 2)
            writer.write(UInt8(ascii: "."))
            writer.write(Int(rest % microsecondsPerSecond), digits: 6)
            writer.write(UInt8(ascii: "+"))
            writer.write(0, digits: 2)
            return writer.position
        }
    }

    /// The binary form: microseconds since 2000. One that PostgreSQL cannot hold becomes one that it refuses as out of range (the greatest is
    /// `infinity`).
    static func binary(_ date: Date) -> Int64 {
        microseconds(date).map { $0 - epoch } ?? Int64.max - 1
    }

    private static func microseconds(_ date: Date) -> Int64? {
        let seconds = date.timeIntervalSince1970
        guard seconds.isFinite, seconds > -62_135_596_801, seconds < latest else { return nil }
        return Int64((seconds * Double(microsecondsPerSecond)).rounded())
    }

    /// Puts numbers of a fixed width into a buffer: a batch of alerts has hundreds of instants.
    private struct DigitWriter {
        let buffer: UnsafeMutableBufferPointer<UInt8>
        var position = 0

        mutating func write(_ byte: UInt8) {
            buffer[position] = byte
            position += 1
        }

        mutating func write(_ number: Int, digits: Int) {
            var rest = number
            for place in (position..<position + digits).reversed() {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            position += digits
        }
    }

    /// Reads `2026-03-08 15:30:00.123456+00` with any offset; nil for `infinity`, years before our era and anything else.
    static func decode(_ text: String) -> Date? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let total = scanner.microsecondsSince1970() else { return nil }
        return Date(timeIntervalSince1970: Double(total) / Double(microsecondsPerSecond))
    }

    /// Howard Hinnant's `civil_from_days`.
    private static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func day(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func microsecondsSince1970() -> Int64? {
            guard let year = number(4...6), take("-"), let month = number(2...2), take("-"), let day = number(2...2), take(" "),
                let hour = number(2...2), take(":"), let minute = number(2...2), take(":"), let second = number(2...2)
            else { return nil }
            var microseconds = 0
            if take(".") {
                let start = position
                guard let digits = number(1...6) else { return nil }
                microseconds = (position - start..<6).reduce(digits) { value, _ in value * 10 }
            }
            guard let offset = offset(), position == bytes.count else { return nil }
            let days = Timestamp.day(year: year, month: month, day: day)
            let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
            return seconds * microsecondsPerSecond + Int64(microseconds)
        }

        /// `+00`, `-03:30` or `+05:53:28`, in seconds.
        private mutating func offset() -> Int? {
            let sign = take("-") ? -1 : 1
            guard sign == -1 || take("+"), let hours = number(2...2) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(":") {
                guard let value = number(2...2) else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        private mutating func number(_ width: ClosedRange<Int>) -> Int? {
            var value = 0
            var digits = 0
            while digits < width.upperBound, position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 {
                value = value * 10 + Int(bytes[position] - 48)
                digits += 1
                position += 1
            }
            return digits >= width.lowerBound ? value : nil
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
            position += 1
            return true
        }
    }
}
