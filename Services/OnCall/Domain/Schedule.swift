package import Contracts

/// Who takes turns for a team, and when the turns change.
package struct Schedule: Sendable, Hashable {
    package let id: ScheduleID
    package let team: String
    /// Rises with every change; recorded with every answer, so that a page can be explained later.
    package let version: Int
    package let rotation: Rotation
    /// Members of one role take turns in this order.
    package let members: [Member]

    package init(id: ScheduleID, team: String, version: Int, rotation: Rotation, members: [Member]) {
        self.id = id
        self.team = team
        self.version = version
        self.rotation = rotation
        self.members = members
    }

    /// Far more than a team has; bounds a request and a row.
    package static let mostMembers = 200

    package func roster(_ role: OnCallRole) -> [Member] {
        members.filter { $0.role == role }
    }
}
