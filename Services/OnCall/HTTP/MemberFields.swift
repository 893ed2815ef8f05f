import Contracts
import Foundation

extension FieldReader {
    /// Members as objects: `[{"name", "email", "role": "primary|secondary"}]`; the role is primary when left out.
    mutating func members(_ key: String) -> [Member] {
        var members: [Member] = []
        for (index, item) in items(key, atMost: Schedule.mostMembers).enumerated() {
            var fields = FieldReader(item, at: pointer(key) + "/\(index)")
            members.append(fields.member())
            absorb(fields.allFaults)
        }
        return members
    }

    /// Members of one role by name or e-mail: `["alice", "bob@example.org"]`.
    mutating func members(_ key: String, role: OnCallRole) -> [Member] {
        texts(key, atMost: Schedule.mostMembers, EMail.nameLength).map { text in
            Member(name: text, email: EMail.isPlausible(text) ? text : nil, role: role)
        }
    }

    mutating func email(_ key: String) -> String {
        let email = text(key, EMail.length)
        if !email.isEmpty, !EMail.isPlausible(email) { fault(key, "must be an e-mail address") }
        return email
    }

    private mutating func member() -> Member {
        Member(name: text("name", EMail.nameLength), email: email("email"), role: optionalChoice("role", OnCallRole.self) ?? .primary)
    }
}

enum EMail {
    /// RFC 5321 §4.5.3.1.3: a path has at most 256 octets, with the angle brackets.
    static let length = 3...254
    static let nameLength = 1...200

    /// One `@` with something on both sides and no space; whether it can be reached shows when it is paged.
    static func isPlausible(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
    }
}
