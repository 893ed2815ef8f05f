package import Contracts
package import Foundation

/// A layer as somebody wrote it, with the parts nobody gave left open.
package struct LayerDraft: Sendable, Hashable {
    package enum Pace: Sendable, Hashable {
        case clock(Cadence)
        case shifts(each: Int)
    }

    package var name: String
    package var role: OnCallRole
    package var zone: Zone?
    package var start: LocalDate?
    package var pace: Pace
    package var handoffTime: LocalTime?
    package var handoffDay: Weekday?
    package var restrictions: [Restriction]
    package var roster: [[Member]]

    package init(
        name: String, role: OnCallRole, zone: Zone?, start: LocalDate?, pace: Pace = .clock(Cadence(.weekly)), restrictions: [Restriction],
        roster: [[Member]]
    ) {
        self.name = name
        self.role = role
        self.zone = zone
        self.start = start
        self.pace = pace
        self.restrictions = restrictions
        self.roster = roster
    }

    /// Fills the open parts as a plain schedule does (``RotationDraft/rotation(now:)``); shifts are counted from today.
    ///
    /// - Returns: Nil for what ``Layer`` refuses.
    package func layer(now: Date) -> Layer? {
        let zone = zone ?? .utc
        let turns: Turns
        switch pace {
        case .clock(let cadence):
            let draft = RotationDraft(cadence: cadence, zone: zone, handoffTime: handoffTime, handoffDay: handoffDay, start: start)
            turns = .clock(draft.rotation(now: now))
        case .shifts(let each): turns = .shifts(each: each, from: start ?? zone.date(at: now))
        }
        return Layer(name: name, role: role, zone: zone, turns: turns, restrictions: restrictions, roster: roster)
    }

    /// Whether the restrictions name shifts that can be counted.
    var namesShifts: Bool {
        WeeklyPattern(shifts: restrictions.flatMap(\.windows), zone: .utc) != nil
    }
}
