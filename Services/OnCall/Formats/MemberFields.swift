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
        texts(key, atMost: Schedule.mostMembers, EMail.nameLength).map { Member(named: $0, role: role) }
    }

    /// The turns of a layer: each item is a name, `{"name", "email"?, "shadow"?}`, or an array of such, who are on call together.
    mutating func turns(_ key: String, role: OnCallRole) -> [[Member]] {
        let items = items(key, atMost: Schedule.mostMembers)
        var turns: [[Member]] = []
        for (index, item) in items.enumerated() {
            let place = pointer(key) + "/\(index)"
            let people = (item.array ?? [item]).enumerated().compactMap { number, person in
                layerMember(person, role, at: item.array == nil ? place : "\(place)/\(number)")
            }
            if people.count > Self.mostTogether {
                absorb([FieldFault(pointer: place, detail: "must have at most \(Self.mostTogether) items")])
            }
            if people.allSatisfy(\.isShadow) { absorb([FieldFault(pointer: place, detail: "must name somebody who is no shadow")]) }
            turns.append(people)
        }
        if items.isEmpty { fault(key, "must name at least one member") }
        return turns
    }

    /// More would all be woken by one page.
    private static let mostTogether = 20

    private mutating func layerMember(_ value: JSONValue, _ role: OnCallRole, at place: String) -> Member? {
        if let text = value.string?.trimmed, EMail.nameLength.contains(text.count) { return Member(named: text, role: role) }
        var fields = FieldReader(value, at: place)
        let name = fields.text("name", EMail.nameLength)
        let email = fields.value("email") == nil ? nil : fields.email("email")
        let isShadow = fields.optionalBool("shadow") ?? false
        absorb(fields.allFaults)
        return Member(name: name, email: email, role: role, isShadow: isShadow)
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

extension Member {
    /// Somebody known by one word: an e-mail is the address too.
    init(named text: String, role: OnCallRole) {
        self.init(name: text, email: EMail.isPlausible(text) ? text : nil, role: role)
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
