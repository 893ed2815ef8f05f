/// Days that count as holidays: of a whole team, and of single people.
package struct Holidays: Sendable, Hashable {
    package let team: Set<LocalDate>
    /// By handle, in lower case.
    package let people: [String: Set<LocalDate>]

    package init(team: Set<LocalDate> = [], people: [String: Set<LocalDate>] = [:]) {
        self.team = team
        self.people = people
    }

    package static let none = Holidays()

    package func contains(_ date: LocalDate, of handle: String) -> Bool {
        team.contains(date) || people[handle.lowercased()]?.contains(date) ?? false
    }
}
