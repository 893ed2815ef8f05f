/// A recurrence rule looked at before libical computes with it.
struct RuleText {
    private let parts: [String: [Substring]]

    /// Nil for what is no list of parts, or names one twice.
    init?(_ text: String) {
        var parts: [String: [Substring]] = [:]
        for part in text.split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, parts.updateValue(sides[1].split(separator: ","), forKey: sides[0].uppercased()) == nil else {
                return nil
            }
        }
        guard parts["FREQ"]?.count == 1 else { return nil }
        self.parts = parts
    }

    private var frequency: String { parts["FREQ"]?.first?.uppercased() ?? "" }

    /// Days, weeks, months or years with few times of a day, in the calendar everybody has: nobody is away every minute.
    var isReasonable: Bool {
        let times = ["BYHOUR", "BYMINUTE", "BYSECOND"].reduce(1) { $0 * max(1, min(parts[$1]?.count ?? 1, 100)) }
        return ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(frequency) && times <= CalendarLimits.timesOfDay && parts["RSCALE"] == nil
    }

    /// `-1SU`, not every `SU`.
    private var isOneWeekday: Bool {
        parts["BYDAY"]?.first?.contains(where: \.isNumber) ?? false
    }

    /// `FREQ=YEARLY` on one kind of day in one month, as zones change their offset.
    var isOnceAYear: Bool {
        let known: Set<String> = ["FREQ", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT", "INTERVAL", "WKST"]
        return frequency == "YEARLY" && known.isSuperset(of: parts.keys)
            && ["BYMONTH", "BYDAY"].allSatisfy { parts[$0]?.count ?? 1 == 1 } && parts["BYMONTHDAY"]?.count ?? 1 <= 7
            && (parts["BYDAY"] == nil || parts["BYMONTH"] != nil && (parts["BYMONTHDAY"] != nil || isOneWeekday))
    }
}
