import Contracts

/// The columns of `oncall.schedule` that describe a plain schedule; of one with layers, the nearest they can say.
struct PlainColumns {
    let kind: RotationKind
    let zone: Zone
    let handoffTime: LocalTime
    let handoffDay: Weekday?
    let start: LocalDate

    init(_ schedule: Schedule) {
        let clock = schedule.layers.lazy.compactMap { layer -> Rotation? in
            if case .clock(let rotation) = layer.turns { rotation } else { nil }
        }.first
        kind = clock.map(Self.nearest) ?? .daily
        zone = schedule.layers.first?.zone ?? .utc
        handoffTime = clock?.handoffTime ?? .nineInTheMorning
        handoffDay = kind.hasHandoffDay ? clock?.handoffDay ?? .monday : nil
        start = clock?.start ?? LocalDate(daysSince1970: 0)
    }

    private static func nearest(_ rotation: Rotation) -> RotationKind {
        if let kind = rotation.cadence.kind { return kind }
        return switch rotation.cadence.unit {
        case .hourly, .daily: .daily
        case .weekly: .biweekly
        case .monthly: .weekly
        }
    }
}
