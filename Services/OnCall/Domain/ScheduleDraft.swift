package import Contracts
package import Foundation

/// A whole schedule as somebody wrote it, checked field by field but not yet against the rules between fields.
package struct ScheduleDraft: Sendable, Hashable {
    private enum Content: Hashable {
        case plain(RotationDraft, [Member])
        case layers([LayerDraft])
    }

    package let team: String
    private let content: Content

    package init(team: String, members: [Member], rotation: RotationDraft) {
        self.team = team
        content = .plain(rotation, members)
    }

    package init(team: String, layers: [LayerDraft]) {
        self.team = team
        content = .layers(layers)
    }

    /// - Throws: ``OnCallError/noPrimary`` when nobody would be on call.
    package func schedule(id: ScheduleID, version: Int, now: Date) throws(OnCallError) -> Schedule {
        let schedule =
            switch content {
            case .plain(let rotation, let members):
                Schedule(id: id, team: team, version: version, rotation: rotation.rotation(now: now), members: members)
            case .layers(let layers): Schedule(id: id, team: team, version: version, layers: layers.compactMap { $0.layer(now: now) })
            }
        try schedule.requirePrimary()
        return schedule
    }
}

extension Schedule {
    func requirePrimary() throws(OnCallError) {
        guard layers.contains(where: { $0.role == .primary }) else { throw .noPrimary }
    }
}
