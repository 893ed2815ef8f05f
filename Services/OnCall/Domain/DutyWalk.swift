import Contracts
import Foundation

/// Who is on call for one role at instants that never go back; the order of truth is temporary schedule, overrides, layers (GoAlert's).
struct DutyWalk {
    private let board: Board
    private let role: OnCallRole
    private let overrides: [Override]
    private var stack: LayerStack

    init(_ board: Board, _ role: OnCallRole) {
        self.board = board
        self.role = role
        // In the order in which they were made, so that each is heeded on top of those before it.
        overrides = board.overrides.filter { $0.role == role }.sorted { ($0.starts, $0.id) < ($1.starts, $1.id) }
        stack = LayerStack(board.schedule.layers.filter { $0.role == role })
    }

    mutating func duty(at instant: Date) -> DutySpan {
        if instant < board.since { return DutySpan(.nobody(.noSchedule), start: instant, end: board.since) }
        guard instant < board.until else { return DutySpan(.nobody(.noSchedule), start: instant, end: nil) }
        let span = inForce(at: instant)
        let end = min(span.end ?? .distantFuture, board.until)
        return DutySpan(span.duty, start: instant, end: end < .distantFuture ? end : nil, turn: span.turn)
    }

    private mutating func inForce(at instant: Date) -> DutySpan {
        if let temporary = board.temporaries.first(where: { $0.covers(instant) }) { return temporary.duty(role, at: instant) }
        let span = overridden(stack.duty(at: instant), at: instant)
        let next = board.temporaries.map(\.starts).filter { $0 > instant }.min()
        return DutySpan(span.duty, start: instant, end: [span.end, next].compactMap { $0 }.min(), turn: span.turn)
    }

    private func overridden(_ span: DutySpan, at instant: Date) -> DutySpan {
        guard !overrides.isEmpty else { return span }
        var people = span.duty.people
        var end = span.end ?? .distantFuture
        for override in overrides {
            if override.covers(instant) { people = override.applied(to: people) }
            if override.starts > instant { end = min(end, override.starts) }
            if override.ends > instant { end = min(end, override.ends) }
        }
        return DutySpan(Duty(people, otherwise: span.duty.absence ?? .removed), start: instant, end: end, turn: span.turn)
    }
}
