/// A day of the proleptic Gregorian calendar without a time zone, such as the day of a hand-off.
///
/// Kept as the number of days since 1970-01-01, so that adding days is integer addition and never meets daylight saving.
package struct LocalDate: Sendable, Hashable, Comparable {
    package let daysSince1970: Int

    package init(daysSince1970: Int) {
        self.daysSince1970 = daysSince1970
    }

    /// Reads `2026-03-02`; nil for anything else, for days that do not exist, and for years outside 1970–9999.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Int(digits: bytes[0..<4]), let month = Int(digits: bytes[5..<7]), let day = Int(digits: bytes[8..<10]),
            year >= 1970, (1...12).contains(month)
        else { return nil }
        let days = Self.days(year: year, month: month, day: 1) + day - 1
        self.init(daysSince1970: days)
        guard day >= 1, fields.month == month else { return nil }
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday, the fourth day of the ISO week.
        Weekday.allCases[(daysSince1970 + 3).remainder(cycle: 7)]
    }

    package func adding(days: Int) -> LocalDate {
        LocalDate(daysSince1970: daysSince1970 + days)
    }

    /// The same day so many months on, or the last of a month that has no such day: the 31st of January and one month is the 28th or 29th of
    /// February, and two months are the 31st of March again.
    package func adding(months: Int) -> LocalDate {
        let month = monthNumber + months
        let first = Self.firstDay(ofMonth: month)
        return LocalDate(daysSince1970: first + min(fields.day, Self.firstDay(ofMonth: month + 1) - first) - 1)
    }

    /// Months since the year 0, so that differences are whole months.
    var monthNumber: Int { fields.year * 12 + fields.month - 1 }

    private static func firstDay(ofMonth number: Int) -> Int {
        days(year: number.quotient(cycle: 12), month: number.remainder(cycle: 12) + 1, day: 1)
    }

    /// The latest day that is `weekday` and not after this one.
    package func last(_ weekday: Weekday) -> LocalDate {
        adding(days: -(self.weekday.index - weekday.index).remainder(cycle: 7))
    }

    package static func < (left: LocalDate, right: LocalDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    // Howard Hinnant's days-from-civil arithmetic and its inverse, for days from 1970 on.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var fields: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = shifted.quotient(cycle: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension LocalDate: CustomStringConvertible {
    package var description: String {
        let (year, month, day) = fields
        return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))"
    }
}
