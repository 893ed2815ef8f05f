import Contracts
import Foundation

/// Who is on call for a team at an instant.
struct CurrentView: Encodable {
    struct Person: Encodable {
        let name: String
        let email: String?
        /// Only while somebody stands in for the primary.
        let override: Bool?
        let expiresAt: Date?
        let reason: String
        /// Until when this holds if no schedule changes.
        let until: Date?
    }

    let team: String
    let scheduleID: ScheduleID
    let rotationType: RotationKind
    let primary: OrNull<Person>
    let secondary: OrNull<Person>
    let at: Date
    let scheduleVersion: Int

    init(_ board: Board, at instant: Date) {
        team = board.schedule.team
        scheduleID = board.schedule.id
        rotationType = board.schedule.rotation.kind
        primary = OrNull(Person(board.duty(.primary, at: instant)))
        secondary = OrNull(Person(board.duty(.secondary, at: instant)))
        at = instant
        scheduleVersion = board.schedule.version
    }
}

extension CurrentView.Person {
    fileprivate init?(_ span: DutySpan) {
        guard let member = span.duty.member else { return nil }
        name = member.name
        email = member.email
        if case .override(let acting) = span.duty {
            override = true
            expiresAt = acting.ends
        } else {
            override = nil
            expiresAt = nil
        }
        reason = span.duty.reason
        until = span.end
    }
}
