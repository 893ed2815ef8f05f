package import Contracts

/// Who takes turns for a team, and when the turns change.
package struct Schedule: Sendable, Hashable {
    package let id: ScheduleID
    package let team: String
    /// Rises with every change; recorded with every answer, so that a page can be explained later.
    package let version: Int
    /// Of those of one role that cover an instant, the last decides.
    package let layers: [Layer]

    package init(id: ScheduleID, team: String, version: Int, layers: [Layer]) {
        self.id = id
        self.team = team
        self.version = version
        self.layers = layers
    }

    /// Far more than a team has; bounds a request and a row.
    package static let mostMembers = 200

    /// Everybody in a layer, once for each role, in the order of the layers.
    package var members: [Member] {
        var members: [Member] = []
        var seen: Set<Member> = []
        for member in layers.flatMap({ $0.roster.joined() }) where seen.insert(member).inserted { members.append(member) }
        return members
    }
}
