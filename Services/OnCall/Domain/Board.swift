package import Contracts
package import Foundation

/// All that says who is on call for a team: its schedule with the time in which it is in force, and what lies on top.
package struct Board: Sendable, Hashable {
    package let schedule: Schedule
    package let overrides: [Override]
    /// None overlaps another.
    package let temporaries: [TemporarySchedule]
    /// Before that the team had another schedule, or none.
    package let since: Date
    package let until: Date

    package init(
        schedule: Schedule, overrides: [Override] = [], temporaries: [TemporarySchedule] = [], since: Date = .distantPast,
        until: Date = .distantFuture
    ) {
        self.schedule = schedule
        self.overrides = overrides
        self.temporaries = temporaries
        self.since = since
        self.until = until
    }

    package func duty(_ role: OnCallRole, at instant: Date) -> DutySpan {
        var walk = DutyWalk(self, role)
        return walk.duty(at: instant)
    }

    /// The duties that fill `range`, in order, each beginning where the one before it ends.
    package func timeline(_ role: OnCallRole, in range: Range<Date>) -> [DutySpan] {
        var walk = DutyWalk(self, role)
        var spans: [DutySpan] = []
        var instant = range.lowerBound
        while instant < range.upperBound {
            let span = walk.duty(at: instant)
            let end = min(span.end ?? range.upperBound, range.upperBound)
            if let last = spans.last, last.continues(span) {
                spans[spans.count - 1] = DutySpan(last.duty, start: last.start, end: end, turn: last.turn)
            } else {
                spans.append(DutySpan(span.duty, start: instant, end: end, turn: span.turn))
            }
            instant = end
        }
        return spans
    }

    /// The pieces of one layer's turns that share time with `range`, whatever lies above it.
    package func turns(of layer: Layer, in range: Range<Date>) -> [Layer.Turn] {
        var turns: [Layer.Turn] = []
        var instant = range.lowerBound
        while instant < range.upperBound {
            let span = layer.span(at: instant)
            if let turn = span.turn {
                turns.append(Layer.Turn(index: turn.index, start: max(turn.start, instant), end: min(turn.end, range.upperBound)))
            }
            instant = span.end
        }
        return turns
    }
}
