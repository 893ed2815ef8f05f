import Contracts
package import Foundation

/// A time in which somebody does not want to be on call.
package struct TimeOff: Sendable, Hashable {
    /// By e-mail or name, as teams call their members.
    package let person: String
    package let span: Range<Date>

    package init(person: String, span: Range<Date>) {
        self.person = person
        self.span = span
    }

    /// Longer than a parental leave; beyond it the schedule is to be changed.
    package static let longest: TimeInterval = 731 * 86_400
    /// Bounds what an answer reads.
    package static let mostOfPerson = 500
}

/// Time off that somebody entered by hand.
package struct EnteredTimeOff: Sendable, Hashable {
    package let id: TimeOffID
    package let timeOff: TimeOff
    package let reason: String?
    package let createdBy: String

    package init(id: TimeOffID, timeOff: TimeOff, reason: String?, createdBy: String) {
        self.id = id
        self.timeOff = timeOff
        self.reason = reason
        self.createdBy = createdBy
    }
}

extension EnteredTimeOff {
    package var owner: AbsenceOwner { AbsenceOwner(createdBy: createdBy, person: timeOff.person) }
}

package struct TimeOffID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}

extension Zone {
    /// From the first instant of the first day until the first of the day after the last.
    package func span(of days: Range<LocalDate>) -> Range<Date> {
        let start = instant(wall: days.lowerBound.daysSince1970 * 86_400)
        return start..<max(start, instant(wall: days.upperBound.daysSince1970 * 86_400))
    }

    /// The days that share time with `span`.
    package func days(of span: Range<Date>) -> Range<LocalDate> {
        let first = date(at: span.lowerBound)
        let last = date(at: span.upperBound.addingTimeInterval(-0.001))
        return first..<max(first, last).adding(days: 1)
    }
}

extension Range where Bound == Date {
    /// What of the range is in `others`, in order, neighbours made one.
    package func pieces(in others: [Range<Date>]) -> [Range<Date>] {
        var pieces: [Range<Date>] = []
        for other in others.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let piece = clamped(to: other)
            guard !piece.isEmpty else { continue }
            if let last = pieces.last, piece.lowerBound <= last.upperBound {
                pieces[pieces.count - 1] = last.lowerBound..<Swift.max(last.upperBound, piece.upperBound)
            } else {
                pieces.append(piece)
            }
        }
        return pieces
    }
}
