import Contracts
import Foundation

/// Who is on call over a range, whatever lies on top included; spans of a role meet exactly, and one without a name is a gap.
struct TimelineView: Encodable {
    struct Span: Encodable {
        let role: OnCallRole
        let name: OrNull<String>
        let email: String?
        let reason: String
        /// All of them, where several are on call together; shadows too.
        let people: [CurrentView.Present]
        let start: Date
        let end: Date
    }

    struct LayerRow: Encodable {
        let name: String
        let role: OnCallRole
        let shifts: [LayerShift]
    }

    struct LayerShift: Encodable {
        let names: [String]
        let start: Date
        let end: Date
    }

    struct Gap: Encodable {
        let role: OnCallRole
        let reason: String
        let start: Date
        let end: Date
    }

    struct Coverage: Encodable {
        let role: OnCallRole
        /// The share of the range in which somebody can be paged, 0 to 1.
        let share: Double
        let hours: Double
    }

    let team: String
    let timeZone: String
    let from: Date
    let to: Date
    let shifts: [Span]
    let gaps: [Gap]
    let coverage: [Coverage]
    /// What each layer by itself says, when asked for.
    let layers: [LayerRow]?

    init(_ team: String, _ boards: [Board], _ range: Range<Date>, withLayers: Bool) {
        self.team = team
        timeZone = boards.last?.schedule.timeZone ?? Zone.utc.name
        from = range.lowerBound
        to = range.upperBound
        let timelines = OnCallRole.allCases.map { ($0, Timeline(boards, $0, in: range)) }
        shifts = timelines.flatMap { role, timeline in timeline.spans.map { Span(role, $0, to: range.upperBound) } }
        // A role that nobody has is nobody's gap.
        let wanted = timelines.filter { $0.0 == .primary || $0.1.covered > 0 }
        gaps = wanted.flatMap { role, timeline in
            timeline.gaps.map { Gap(role: role, reason: $0.duty.reason, start: $0.start, end: $0.end ?? range.upperBound) }
        }
        coverage = wanted.map { role, timeline in
            Coverage(role: role, share: timeline.share, hours: timeline.covered / 3600)
        }
        layers = withLayers ? boards.last.map { board in board.schedule.layers.map { LayerRow($0, board, range) } } : nil
    }
}

extension TimelineView.Span {
    fileprivate init(_ role: OnCallRole, _ span: DutySpan, to last: Date) {
        self.init(
            role: role, name: OrNull(span.duty.member?.name), email: span.duty.member?.email, reason: span.duty.reason,
            people: span.duty.people.map { .init($0, role) }, start: span.start, end: span.end ?? last)
    }
}

extension TimelineView.LayerRow {
    fileprivate init(_ layer: Layer, _ board: Board, _ range: Range<Date>) {
        self.init(
            name: layer.name, role: layer.role,
            shifts: board.turns(of: layer, in: range).map { turn in
                .init(names: layer.people(turn.index).map(\.name), start: turn.start, end: turn.end)
            })
    }
}
