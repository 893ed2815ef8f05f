import Contracts
package import Foundation

/// A rotation with the parts nobody gave left open.
package struct RotationDraft: Sendable, Hashable {
    package let cadence: Cadence
    package let zone: Zone?
    package let handoffTime: LocalTime?
    package let handoffDay: Weekday?
    package let start: LocalDate?

    package init(
        cadence: Cadence, zone: Zone? = nil, handoffTime: LocalTime? = nil, handoffDay: Weekday? = nil, start: LocalDate? = nil
    ) {
        self.cadence = cadence
        self.zone = zone
        self.handoffTime = handoffTime
        self.handoffDay = handoffDay
        self.start = start
    }

    package init(
        kind: RotationKind, zone: Zone? = nil, handoffTime: LocalTime? = nil, handoffDay: Weekday? = nil, start: LocalDate? = nil
    ) {
        self.init(cadence: Cadence(kind), zone: zone, handoffTime: handoffTime, handoffDay: handoffDay, start: start)
    }

    /// Fills the open parts: UTC, 09:00, the weekday of `start` or else Monday, and for `start` the last hand-off, so that somebody is on
    /// call at once.
    package func rotation(now: Date) -> Rotation {
        let zone = zone ?? .utc
        let time = handoffTime ?? .nineInTheMorning
        let day = cadence.hasHandoffDay ? handoffDay ?? start?.weekday ?? .monday : nil
        return Rotation(
            cadence: cadence, zone: zone, handoffTime: time, handoffDay: day,
            start: start ?? Rotation.lastHandoff(cadence, zone, time, day, before: now)
        )
    }
}
