import Contracts
import Foundation

/// What saving a schedule would change.
struct PreviewView: Encodable {
    struct Difference: Encodable {
        let role: OnCallRole
        let start: Date
        let end: Date
        let before: [String]
        let after: [String]
    }

    struct Load: Encodable {
        let name: String
        let handle: String
        let hoursBefore: Double
        let hoursAfter: Double
        let hoursChange: Double
    }

    let team: String
    let from: Date
    let to: Date
    let changes: [Difference]
    let people: [Load]
    let gapHoursBefore: Double
    let gapHoursAfter: Double
    /// The layers as they would be saved, with every part filled in.
    let layers: [LayerDocument]

    init(_ preview: SchedulePreview, _ after: Schedule) {
        team = preview.team
        from = preview.range.lowerBound
        to = preview.range.upperBound
        changes = preview.differences.map { difference in
            Difference(
                role: difference.role, start: difference.start, end: difference.end, before: difference.before.acting.map(\.member.name),
                after: difference.after.acting.map(\.member.name))
        }
        people = preview.loads.map { load in
            Load(
                name: load.name, handle: load.handle, hoursBefore: load.before / 3600, hoursAfter: load.after / 3600,
                hoursChange: (load.after - load.before) / 3600)
        }
        gapHoursBefore = preview.uncoveredBefore / 3600
        gapHoursAfter = preview.uncoveredAfter / 3600
        layers = after.layers.map { LayerDocument($0) }
    }
}
