package import Contracts
package import Foundation

/// A whole schedule as somebody wrote it, checked field by field but not yet against the rules between fields.
package struct ScheduleDraft: Sendable, Hashable {
    package let team: String
    package let members: [Member]
    package let rotation: RotationDraft

    package init(team: String, members: [Member], rotation: RotationDraft) {
        self.team = team
        self.members = members
        self.rotation = rotation
    }

    /// - Throws: ``OnCallError/noPrimary`` when nobody would be on call.
    package func schedule(id: ScheduleID, version: Int, now: Date) throws(OnCallError) -> Schedule {
        try Schedule.requirePrimary(in: members)
        return Schedule(id: id, team: team, version: version, rotation: rotation.rotation(now: now), members: members)
    }
}

/// A rotation with the parts nobody gave left open.
package struct RotationDraft: Sendable, Hashable {
    package var kind: RotationKind
    package var zone: Zone?
    package var handoffTime: LocalTime?
    package var handoffDay: Weekday?
    package var start: LocalDate?

    package init(
        kind: RotationKind, zone: Zone? = nil, handoffTime: LocalTime? = nil, handoffDay: Weekday? = nil, start: LocalDate? = nil
    ) {
        self.kind = kind
        self.zone = zone
        self.handoffTime = handoffTime
        self.handoffDay = handoffDay
        self.start = start
    }

    /// Fills the open parts: UTC, 09:00, the weekday of `start` or else Monday, and for `start` the last hand-off, so that somebody is on
    /// call at once.
    package func rotation(now: Date) -> Rotation {
        let zone = zone ?? .utc
        let time = handoffTime ?? .nineInTheMorning
        let day = kind.hasHandoffDay ? handoffDay ?? start?.weekday ?? .monday : nil
        return Rotation(
            kind: kind, zone: zone, handoffTime: time, handoffDay: day,
            start: start ?? Rotation.lastHandoff(kind, zone, time, day, before: now)
        )
    }
}
