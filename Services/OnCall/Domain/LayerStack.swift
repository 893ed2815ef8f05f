import Contracts
import Foundation

/// The layers of one role, asked for instants that never go back: what each said is kept for as long as it holds.
struct LayerStack {
    private let layers: [Layer]
    private var spans: [Layer.Span?]

    init(_ layers: [Layer]) {
        self.layers = layers
        spans = layers.map { _ in nil }
    }

    /// The last layer that covers decides; those below it are not even asked.
    mutating func duty(at instant: Date) -> DutySpan {
        var end = Date.distantFuture
        for index in layers.indices.reversed() {
            let span = span(of: index, at: instant)
            end = min(end, span.end)
            guard let turn = span.turn else { continue }
            let layer = layers[index]
            let people = layer.people(turn.index).map { Duty.Assignment(member: $0, reason: .layer(layer.name)) }
            return DutySpan(Duty(people, otherwise: .gap), start: instant, end: end, turn: .init(layer: index, index: turn.index))
        }
        guard !layers.isEmpty else { return DutySpan(.nobody(.noMember), start: instant, end: nil) }
        let absence: Duty.Absence = layers.contains { $0.begins <= instant } ? .gap : .notStarted
        return DutySpan(.nobody(absence), start: instant, end: end)
    }

    private mutating func span(of index: Int, at instant: Date) -> Layer.Span {
        if let span = spans[index], instant < span.end { return span }
        let span = layers[index].span(at: instant)
        spans[index] = span
        return span
    }
}
