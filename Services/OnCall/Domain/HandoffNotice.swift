package import Contracts
package import Foundation

/// That somebody comes on call or goes off, told to that person.
package struct HandoffNotice: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case onCall = "on_call"
        case offCall = "off_call"
    }

    /// What makes a notice one and the same, however often it is reckoned; with the lead it is told once.
    package struct Fact: Sendable, Hashable {
        package let role: OnCallRole
        /// In lower case.
        package let handle: String
        package let kind: Kind
        package let changeAt: Date

        package init(role: OnCallRole, handle: String, kind: Kind, changeAt: Date) {
            self.role = role
            self.handle = handle
            self.kind = kind
            self.changeAt = changeAt
        }
    }

    package let fact: Fact
    package let team: String
    package let member: Member
    /// The lead it is told by; 0 at the hand-off.
    package let minutesAhead: Int
    /// Who goes off as this person comes on, or comes on as this one goes off.
    package let others: [String]
    /// Of somebody who comes on: when that ends, where it is known.
    package let until: Date?
    /// In which the person reads times.
    package let zone: Zone

    /// Told later than this it is of no use: who is on call now everybody sees.
    package static let longestDelay: TimeInterval = 3600

    /// Whether this one makes an older one that is still waiting pointless.
    package func supersedes(_ other: Fact, minutesAhead lead: Int, now: Date) -> Bool {
        guard fact.role == other.role, fact.handle == other.handle else { return false }
        if fact == other { return minutesAhead < lead }
        return other.changeAt < fact.changeAt && other.changeAt <= now
    }
}

extension HandoffNotice {
    package var subject: String {
        switch (fact.kind, minutesAhead) {
        case (.onCall, 0): "You are on call for \(team) now"
        case (.onCall, _): "You go on call for \(team): \(zone.reading(of: fact.changeAt))"
        case (.offCall, 0): "You are off call for \(team) now"
        case (.offCall, _): "Your time on call for \(team) ends: \(zone.reading(of: fact.changeAt))"
        }
    }

    package var body: String {
        let change = "\(zone.reading(of: fact.changeAt)) (\(fact.changeAt.rfc3339))"
        let names = others.joined(separator: ", ")
        switch fact.kind {
        case .onCall:
            let end = until.map { " until \(zone.reading(of: $0)) (\($0.rfc3339))" } ?? ""
            let before = others.isEmpty ? "" : "\nYou take over from \(names)."
            return "You are \(fact.role.rawValue) of \(team) from \(change)\(end).\(before)"
        case .offCall:
            let after = others.isEmpty ? "Nobody takes over." : "\(names) takes over."
            return "Your time as \(fact.role.rawValue) of \(team) ends at \(change).\n\(after)"
        }
    }
}
