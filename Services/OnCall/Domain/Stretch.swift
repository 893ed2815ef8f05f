package import Contracts
package import Foundation

/// The time for which one person is on call for a role without a hand-off: what a calendar shows as one event.
package struct Stretch: Sendable, Hashable {
    package let team: String
    package let schedule: ScheduleID
    package let role: OnCallRole
    package let member: Member
    package let starts: Date
    package fileprivate(set) var ends: Date
    /// False where it goes on beyond what was looked at.
    package fileprivate(set) var endIsKnown: Bool

    /// What tells two stretches of one person apart that meet.
    fileprivate enum Cause: Hashable {
        case turn(DutySpan.Turn?)
        case override(OverrideID)
        case temporary(TemporaryScheduleID)
    }
}

extension Stretch {
    /// Everybody's stretches, by start; shadows, who are never paged, are left out.
    ///
    /// A change of the schedule in the middle of a shift is no hand-off: it does not part the stretch.
    /// - Parameter boards: as for ``Timeline``.
    package static func all(_ boards: [Board], _ role: OnCallRole, in range: Range<Date>) -> [Stretch] {
        guard !boards.isEmpty else { return [] }
        let seams = Set(boards.map(\.since))
        var place = 0
        var stretches: [Stretch] = []
        var latest: [String: (index: Int, cause: Cause)] = [:]
        for span in Timeline(boards, role, in: range).spans {
            while place + 1 < boards.count, boards[place + 1].since <= span.start { place += 1 }
            let end = span.end ?? range.upperBound
            for person in span.duty.acting {
                let handle = person.member.handle.lowercased()
                let cause = Cause(person.reason, span.turn)
                if let (index, before) = latest[handle], stretches[index].ends == span.start, before == cause || seams.contains(span.start)
                {
                    stretches[index].ends = end
                    stretches[index].endIsKnown = end < range.upperBound
                    latest[handle] = (index, cause)
                } else {
                    latest[handle] = (stretches.count, cause)
                    stretches.append(
                        Stretch(
                            team: boards[place].schedule.team, schedule: boards[place].schedule.id, role: role, member: person.member,
                            starts: span.start,
                            ends: end, endIsKnown: end < range.upperBound))
                }
            }
        }
        return stretches
    }
}

extension Stretch.Cause {
    fileprivate init(_ reason: Duty.Reason, _ turn: DutySpan.Turn?) {
        self =
            switch reason {
            case .layer: .turn(turn)
            case .override(let override): .override(override.id)
            case .temporary(let id): .temporary(id)
            }
    }
}
