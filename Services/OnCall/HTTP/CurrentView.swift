import Contracts
import Foundation

/// Who is on call for a team at an instant.
struct CurrentView: Encodable {
    struct Person: Encodable {
        let name: String
        let email: String?
        /// Only while somebody is on call by an override.
        let override: Bool?
        let expiresAt: Date?
        /// `rotation`, `override` or `temporary`.
        let reason: String
        /// Which layer's rotation.
        let layer: String?
        /// Until when this holds if no schedule changes.
        let until: Date?
    }

    /// Somebody on call in one list with all others: several may share a role, and shadows are shown.
    struct Present: Encodable {
        let role: OnCallRole
        let name: String
        let email: String?
        let shadow: Bool
        let reason: String
        let layer: String?
        let overrideID: OverrideID?
        let temporaryScheduleID: TemporaryScheduleID?
    }

    /// A role nobody can be paged for, and why.
    struct Gap: Encodable {
        let role: OnCallRole
        let reason: String
        let until: Date?
    }

    let team: String
    let scheduleID: ScheduleID
    let rotationType: String
    let primary: OrNull<Person>
    let secondary: OrNull<Person>
    let onCall: [Present]
    let gaps: [Gap]
    let at: Date
    let scheduleVersion: Int

    init(_ board: Board, at instant: Date) {
        let primary = board.duty(.primary, at: instant)
        let secondary = board.duty(.secondary, at: instant)
        team = board.schedule.team
        scheduleID = board.schedule.id
        rotationType = RotationType(board.schedule).name
        self.primary = OrNull(Person(primary))
        self.secondary = OrNull(Person(secondary))
        onCall = [(OnCallRole.primary, primary), (.secondary, secondary)].flatMap { role, span in
            span.duty.people.map { Present($0, role) }
        }
        gaps = [(OnCallRole.primary, primary), (.secondary, secondary)].compactMap { role, span in
            span.duty.absence.map { Gap(role: role, reason: $0.rawValue, until: span.end) }
        }
        at = instant
        scheduleVersion = board.schedule.version
    }
}

extension CurrentView.Person {
    fileprivate init?(_ span: DutySpan) {
        guard let person = span.duty.acting.first else { return nil }
        name = person.member.name
        email = person.member.email
        if case .override(let acting) = person.reason {
            override = true
            expiresAt = acting.ends
        } else {
            override = nil
            expiresAt = nil
        }
        reason = person.reason.word
        layer = person.reason.layer
        until = span.end
    }
}

extension CurrentView.Present {
    init(_ person: Duty.Assignment, _ role: OnCallRole) {
        self.role = role
        name = person.member.name
        email = person.member.email
        shadow = person.member.isShadow
        reason = person.reason.word
        layer = person.reason.layer
        overrideID = if case .override(let acting) = person.reason { acting.id } else { nil }
        temporaryScheduleID = if case .temporary(let id) = person.reason { id } else { nil }
    }
}
