/// Who is who among members: somebody whom a layer calls by name alone, and an override by name and address, is one person.
struct People: Sendable, Hashable {
    /// In lower case, of each name that goes with one address only.
    private let addresses: [String: String]

    init(_ members: some Sequence<Member>) {
        var found: [String: Set<String>] = [:]
        for member in members {
            if let email = member.email { found[member.name.lowercased(), default: []].insert(email.lowercased()) }
        }
        addresses = found.compactMapValues { $0.count == 1 ? $0.first : nil }
    }

    /// The same for all that one person is called, in lower case: the address where there is one, else the name.
    func key(of member: Member) -> String {
        member.email?.lowercased() ?? addresses[member.name.lowercased()] ?? member.name.lowercased()
    }
}
