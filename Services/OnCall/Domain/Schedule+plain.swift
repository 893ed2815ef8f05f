package import Contracts

/// A plain schedule: its members take turns one by one, each role for itself, all at the same hand-offs. Nothing but a layer for each role.
extension Schedule {
    /// - Parameter members: those of one role take turns in this order.
    package init(id: ScheduleID, team: String, version: Int, rotation: Rotation, members: [Member]) {
        var roles: [OnCallRole] = []
        for member in members where !roles.contains(member.role) { roles.append(member.role) }
        let layers = roles.compactMap { role in
            Layer(
                name: role.rawValue, role: role, zone: rotation.zone, turns: .clock(rotation),
                roster: members.filter { $0.role == role }.map { [$0] }
            )
        }
        self.init(id: id, team: team, version: version, layers: layers)
    }

    /// The rotation that all layers share; nil for a schedule that is more than plain.
    package var rotation: Rotation? {
        guard let first = layers.first, case .clock(let rotation) = first.turns, rotation.cadence.kind != nil,
            !members.contains(where: \.isShadow)
        else { return nil }
        let plain = Schedule(id: id, team: team, version: version, rotation: rotation, members: layers.flatMap { $0.roster.joined() })
        return plain.layers == layers ? rotation : nil
    }

    package func roster(_ role: OnCallRole) -> [Member] {
        members.filter { $0.role == role }
    }
}
