import Contracts
package import Foundation

/// A change of parts of a schedule; nil and empty leave a part as it is.
package struct ScheduleEdit: Sendable, Hashable {
    package var kind: RotationKind?
    package var zone: Zone?
    package var handoffTime: LocalTime?
    package var handoffDay: Weekday?
    package var start: LocalDate?
    package var add: [Member]
    /// Names or e-mail addresses.
    package var remove: [String]
    /// The whole stack, in the place of all there was.
    package var layers: [LayerDraft]?

    package init(
        kind: RotationKind? = nil, zone: Zone? = nil, handoffTime: LocalTime? = nil, handoffDay: Weekday? = nil, start: LocalDate? = nil,
        add: [Member] = [], remove: [String] = [], layers: [LayerDraft]? = nil
    ) {
        self.kind = kind
        self.zone = zone
        self.handoffTime = handoffTime
        self.handoffDay = handoffDay
        self.start = start
        self.add = add
        self.remove = remove
        self.layers = layers
    }
}

extension Schedule {
    /// This schedule with the edit made, one version on.
    ///
    /// Whoever is on call keeps the turn, unless removed: then the next in line takes over, so that nobody is skipped. Added members come
    /// last in the cycle. To that end the list is turned, which changes no order: A, B, C and B, C, A are the same cycle.
    /// - Throws: ``OnCallError/noPrimary``, ``OnCallError/unknownMember(_:)``, ``OnCallError/tooManyMembers``; ``OnCallError/hasLayers`` for an
    ///   edit of parts of a schedule that is more than plain.
    package func edited(_ edit: ScheduleEdit, now: Date) throws(OnCallError) -> Schedule {
        if let layers = edit.layers {
            return try ScheduleDraft(team: team, layers: layers).schedule(id: id, version: version + 1, now: now)
        }
        guard let old = rotation else { throw .hasLayers }
        for handle in edit.remove where !members.contains(where: { $0.isCalled(handle) }) { throw .unknownMember(handle) }
        let rotation = edited(old, edit)
        let lists = OnCallRole.allCases.map { role in
            Self.turned(cycle(role, old, edit, now: now), to: rotation.slot(at: now)?.index ?? 0)
        }
        let members = lists.flatMap { $0 }
        guard members.count <= Self.mostMembers else { throw .tooManyMembers }
        let schedule = Schedule(id: id, team: team, version: version + 1, rotation: rotation, members: members)
        try schedule.requirePrimary()
        return schedule
    }

    private func edited(_ old: Rotation, _ edit: ScheduleEdit) -> Rotation {
        let cadence = edit.kind.map { Cadence($0) } ?? old.cadence
        let start = edit.start ?? old.start
        let day = edit.handoffDay ?? (edit.start == nil ? old.handoffDay ?? .monday : nil)
        return Rotation(
            cadence: cadence, zone: edit.zone ?? old.zone, handoffTime: edit.handoffTime ?? old.handoffTime,
            handoffDay: cadence.hasHandoffDay ? day : nil, start: start
        )
    }

    /// The members of one role after the edit, beginning with the one whose turn it is now.
    private func cycle(_ role: OnCallRole, _ rotation: Rotation, _ edit: ScheduleEdit, now: Date) -> [Member] {
        let roster = roster(role)
        let turn = (rotation.slot(at: now)?.index ?? 0).remainder(cycle: max(roster.count, 1))
        let kept = (roster[turn...] + roster[..<turn]).filter { member in !edit.remove.contains(where: member.isCalled) }
        return kept + edit.add.filter { $0.role == role }
    }

    /// The cycle as a list in which shift number `index` falls to the first of the cycle.
    private static func turned(_ cycle: [Member], to index: Int) -> [Member] {
        guard !cycle.isEmpty else { return [] }
        let shift = (cycle.count - index.remainder(cycle: cycle.count)) % cycle.count
        return Array(cycle[shift...] + cycle[..<shift])
    }
}
