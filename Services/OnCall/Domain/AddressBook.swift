import Contracts

/// Whose address is behind the names on a board, where a schedule knows people by user name only.
package struct AddressBook: Sendable, Hashable {
    /// Nil for a name that nobody has.
    private let addresses: [String: String?]
    /// Addresses in lower case whose accounts are disabled: their pages go to the fallback.
    private let inactive: Set<String>

    package init(_ addresses: [String: String?] = [:], inactive: Set<String> = []) {
        self.addresses = addresses
        self.inactive = Set(inactive.map { $0.lowercased() })
    }

    /// Whether that address's account is known to be disabled; somebody without an account is paged by the address.
    package func isInactive(_ address: String) -> Bool { inactive.contains(address.lowercased()) }

    func disabling(_ addresses: Set<String>) -> AddressBook { AddressBook(self.addresses, inactive: inactive.union(addresses)) }

    /// In lower case; nil for somebody nobody knows.
    package func address(of member: Member) -> String? {
        let known: String? = addresses[member.name] ?? nil
        return (member.email ?? known)?.lowercased()
    }

    /// Whose address a text is or stands for; in lower case, nil for a name that nobody knows.
    package func address(called text: String) -> String? {
        if EMail.isPlausible(text) { return text.lowercased() }
        let known: String? = addresses[text] ?? nil
        return known?.lowercased()
    }

    /// Whether that text, a name or an address, means the member.
    package func means(_ text: String, _ member: Member) -> Bool {
        member.isCalled(text) || address(called: text).map { $0 == address(of: member) } ?? false
    }

    /// With the address, where it is known here alone.
    func addressed(_ member: Member) -> Member {
        guard member.email == nil, let address = address(of: member) else { return member }
        return Member(name: member.name, email: address, role: member.role, isShadow: member.isShadow)
    }

    package func isOf(_ responder: Responder, _ member: Member) -> Bool {
        address(of: member) == responder.email.lowercased()
    }

    /// Whether every name on the board was looked up: a name that was put there since may be anybody's.
    package func covers(_ board: Board) -> Bool {
        board.namesWithoutAddress.allSatisfy { addresses.keys.contains($0) }
    }

    /// The names that are that person's.
    package func names(of responder: Responder) -> [String] { names(of: responder.email) }

    private func names(of address: String) -> [String] {
        addresses.compactMap { name, known in known?.lowercased() == address.lowercased() ? name : nil }.sorted()
    }

    /// What else somebody is called whom that text, a name or an address, means.
    package func aliases(of text: String) -> Aliases {
        let address = address(called: text)
        return Aliases(address: address, userNames: address.map { names(of: $0) } ?? [])
    }

    /// - Throws: ``ShiftError/takerDisabled``.
    package func requireActive(_ takers: [Responder]) throws(ShiftError) {
        guard !takers.contains(where: { isInactive($0.email) }) else { throw .takerDisabled }
    }
}

/// What schedules may call a person by, as far as accounts tell.
package struct Aliases: Sendable, Hashable {
    /// In lower case.
    package let address: String?
    package let userNames: [String]

    /// Of somebody known by nothing else.
    package static let none = Aliases(address: nil, userNames: [])
}

extension Board {
    /// Everybody in its layers, overrides and temporary schedules; some more than once.
    package var everybody: [Member] {
        schedule.members + overrides.map(\.member) + temporaries.flatMap { $0.shifts.map(\.member) }
    }

    /// What those are called of whom no address is known.
    package var namesWithoutAddress: Set<String> { Set(everybody.filter { $0.email == nil }.map(\.name)) }
}
