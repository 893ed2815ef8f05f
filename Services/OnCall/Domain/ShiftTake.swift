package import Contracts
package import Foundation

/// That somebody takes over what is planned.
package struct ShiftTake: Sendable, Hashable {
    package let team: String
    package let role: OnCallRole
    package let taker: Responder
    /// Nil is now.
    package let from: Date?
    /// Nil is the end of the shift at that time.
    package let until: Date?
    package let reason: String?

    package init(team: String, role: OnCallRole, taker: Responder, from: Date?, until: Date?, reason: String?) {
        self.team = team
        self.role = role
        self.taker = taker
        self.from = from
        self.until = until
        self.reason = reason
    }

    /// What the wish means by that board; what lies in the past cannot be changed any more, and no shift is taken for longer than an override may
    /// last.
    package func range(on board: Board, now: Date) -> Range<Date> {
        let start = max(from ?? now, now)
        let last = start.addingTimeInterval(ShiftRequest.longest)
        return start..<max(start, min(until ?? board.duty(role, at: start).end ?? last, last))
    }
}

/// What was taken.
package struct TakenShift: Sendable, Hashable {
    package let team: String
    package let role: OnCallRole
    package let range: Range<Date>
    package let overrides: [Override]
}
