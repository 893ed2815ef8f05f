/// Whose address is behind the names on a board, where a schedule knows people by user name only.
package struct AddressBook: Sendable, Hashable {
    /// Nil for a name that nobody has.
    private let addresses: [String: String?]

    package init(_ addresses: [String: String?] = [:]) {
        self.addresses = addresses
    }

    /// In lower case; nil for somebody nobody knows.
    package func address(of member: Member) -> String? {
        let known: String? = addresses[member.name] ?? nil
        return (member.email ?? known)?.lowercased()
    }

    package func isOf(_ responder: Responder, _ member: Member) -> Bool {
        address(of: member) == responder.email.lowercased()
    }

    /// Whether every name on the board was looked up: a name that was put there since may be anybody's.
    package func covers(_ board: Board) -> Bool {
        board.namesWithoutAddress.allSatisfy { addresses.keys.contains($0) }
    }

    /// The names that are that person's.
    package func names(of responder: Responder) -> [String] {
        addresses.compactMap { name, address in address?.lowercased() == responder.email.lowercased() ? name : nil }
    }
}

extension Board {
    /// Everybody in its layers, overrides and temporary schedules; some more than once.
    package var everybody: [Member] {
        schedule.members + overrides.map(\.member) + temporaries.flatMap { $0.shifts.map(\.member) }
    }

    /// What those are called of whom no address is known.
    package var namesWithoutAddress: Set<String> { Set(everybody.filter { $0.email == nil }.map(\.name)) }
}
