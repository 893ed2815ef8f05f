import Contracts
import Foundation

extension FieldReader {
    /// A range of time that is not over, of at most ``ShiftRequest/longest``, that begins within a year; what of it lies in the past is cut off.
    mutating func range(_ from: String, _ until: String, now: Date) -> Range<Date> {
        for key in [from, until] where value(key) == nil { fault(key, "is required") }
        let start = max(optionalTime(from)?.truncatedToMicroseconds ?? now, now)
        let end = optionalTime(until)?.truncatedToMicroseconds ?? .distantFuture
        checkRange(start, end, from, until, now: now)
        return start..<max(start, end)
    }

    mutating func checkRange(_ start: Date, _ end: Date, _ from: String, _ until: String, now: Date) {
        if start.timeIntervalSince(now) > Override.furthestAhead { fault(from, "must be within a year") }
        guard end < .distantFuture else { return }
        if end <= start { fault(until, "must be after \(from) and after now") }
        checkLength(start, end, until)
    }

    /// However it is made, an override lasts no longer than the API lets anybody make one.
    mutating func checkLength(_ start: Date, _ end: Date, _ until: String) {
        if end.timeIntervalSince(start) > ShiftRequest.longest {
            fault(until, "must be at most \(Override.longestHours) hours after the start")
        }
    }
}
