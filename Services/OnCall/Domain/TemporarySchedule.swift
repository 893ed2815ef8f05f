import Contracts
package import Foundation

/// For its time everything there is: whoever its shifts name is on call and nobody else; layers and overrides are silent, and go on
/// afterwards as if untouched.
package struct TemporarySchedule: Sendable, Hashable {
    package struct Shift: Sendable, Hashable {
        package let member: Member
        package let starts: Date
        package let ends: Date

        package init(member: Member, starts: Date, ends: Date) {
            self.member = member
            self.starts = starts
            self.ends = ends
        }
    }

    package let id: TemporaryScheduleID
    package let reason: String?
    package let starts: Date
    package let ends: Date
    package let shifts: [Shift]

    package init(id: TemporaryScheduleID, reason: String?, starts: Date, ends: Date, shifts: [Shift]) {
        self.id = id
        self.reason = reason
        self.starts = starts
        self.ends = ends
        self.shifts = shifts
    }

    /// A quarter of hourly shifts is far beyond; bounds a request and a row.
    package static let mostShifts = 500
    /// Longer arrangements are a schedule.
    package static let longest: TimeInterval = 92 * 86_400
    /// More than a team plans ahead; bounds what an answer reads.
    package static let mostAhead = 50

    package func covers(_ instant: Date) -> Bool { starts <= instant && instant < ends }

    func duty(_ role: OnCallRole, at instant: Date) -> DutySpan {
        let mine = shifts.filter { $0.member.role == role }
        let acting = mine.filter { $0.starts <= instant && instant < $0.ends }
        let bounds = (mine.flatMap { [$0.starts, $0.ends] } + [ends]).filter { $0 > instant }
        let people = acting.map { Duty.Assignment(member: $0.member, reason: .temporary(id)) }
        return DutySpan(Duty(people, otherwise: .temporary), start: instant, end: bounds.min() ?? ends)
    }
}

package struct TemporaryScheduleID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
