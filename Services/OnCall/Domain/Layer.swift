package import Contracts
package import Foundation

/// What makes the turn of a layer pass on.
package enum Turns: Sendable, Hashable {
    case clock(Rotation)
    /// So many worked shifts, counted from that day: each window of the restrictions is one, so that days cut out of the week are nobody's loss.
    case shifts(each: Int, from: LocalDate)
}

/// People who take turns for one role; a schedule is a stack of layers, of which the last that covers an instant decides.
package struct Layer: Sendable, Hashable {
    package let name: String
    package let role: OnCallRole
    package let zone: Zone
    package let turns: Turns
    /// Empty covers always.
    package let restrictions: [Restriction]
    /// In the order of the turns; those of one entry are on call together.
    package let roster: [[Member]]
    private let pattern: WeeklyPattern?

    /// - Returns: Nil when nobody is in the roster, or shifts are counted that are not there or overlap.
    package init?(name: String, role: OnCallRole, zone: Zone, turns: Turns, restrictions: [Restriction] = [], roster: [[Member]]) {
        guard !roster.isEmpty else { return nil }
        let windows = restrictions.flatMap(\.windows)
        switch turns {
        case .clock: pattern = windows.isEmpty ? nil : WeeklyPattern(union: windows, zone: zone)
        case .shifts:
            guard let shifts = WeeklyPattern(shifts: windows, zone: zone) else { return nil }
            pattern = shifts
        }
        self.name = name
        self.role = role
        self.zone = zone
        self.turns = turns
        self.restrictions = restrictions
        self.roster = roster
    }

    /// Far more than a team needs; bounds a request and the work of an answer.
    package static let most = 20

    /// Who has turn `index`.
    package func people(_ index: Int) -> [Member] {
        roster[index.remainder(cycle: roster.count)]
    }
}

extension Layer {
    /// A piece of one turn without a break, `[start, end)`.
    package struct Turn: Sendable, Hashable {
        /// Counted from the layer's start.
        package let index: Int
        package let start: Date
        package let end: Date
    }

    /// What the layer says at an instant, and until when.
    package struct Span: Sendable, Hashable {
        /// Nil while the layer does not cover.
        package let turn: Turn?
        /// The first instant at which it may be otherwise.
        package let end: Date

        fileprivate init(_ turn: Turn) {
            self.turn = turn
            end = turn.end
        }

        fileprivate init(offUntil end: Date) {
            turn = nil
            self.end = end
        }
    }

    /// Before this instant the layer covers nothing.
    package var begins: Date {
        switch turns {
        case .clock(let rotation): rotation.begins
        case .shifts(_, let first): pattern.map { $0.start($0.number(from: first)) } ?? .distantFuture
        }
    }

    /// Whose turn it is at `instant`, in closed form: as fast ten years after the start as on the first day.
    package func span(at instant: Date) -> Span {
        switch turns {
        case .clock(let rotation): span(of: rotation, at: instant)
        case .shifts(let each, let first): span(ofShifts: each, from: first, at: instant)
        }
    }

    private func span(of rotation: Rotation, at instant: Date) -> Span {
        guard let slot = rotation.slot(at: instant) else { return Span(offUntil: rotation.begins) }
        guard let pattern else { return Span(Turn(index: slot.index, start: slot.start, end: slot.end)) }
        let window = pattern.occurrence(at: instant)
        guard instant < window.end else { return Span(offUntil: pattern.start(window.number + 1)) }
        return Span(Turn(index: slot.index, start: max(slot.start, window.start), end: min(slot.end, window.end)))
    }

    private func span(ofShifts each: Int, from date: LocalDate, at instant: Date) -> Span {
        guard let pattern else { return Span(offUntil: .distantFuture) }
        let first = pattern.number(from: date)
        let shift = pattern.occurrence(at: instant)
        guard shift.number >= first else { return Span(offUntil: pattern.start(first)) }
        guard instant < shift.end else { return Span(offUntil: pattern.start(shift.number + 1)) }
        return Span(Turn(index: (shift.number - first) / each, start: shift.start, end: shift.end))
    }
}
