import Contracts
import Foundation

/// A layer as clients read it and as the database keeps it; ``LayerDraft/read(_:)`` is the inverse.
package struct LayerDocument: Encodable, Sendable {
    private struct RotationPart: Encodable {
        let kind: RotationWord
        let length: Int
        let handoffTime: String?
        let handoffDay: Weekday?
    }

    private struct RestrictionPart: Encodable {
        let type: RestrictionWord
        let startDay: Weekday?
        let startTime: String
        let durationSeconds: Int
    }

    private let name: String
    private let role: OnCallRole
    private let timeZone: String
    private let start: String
    private let rotation: RotationPart
    private let restrictions: [RestrictionPart]
    private let members: [TurnPart]

    package init(_ layer: Layer) {
        name = layer.name
        role = layer.role
        timeZone = layer.zone.name
        switch layer.turns {
        case .clock(let clock):
            start = clock.start.description
            let kind = RotationWord(rawValue: clock.cadence.unit.rawValue) ?? .weekly
            rotation = RotationPart(
                kind: kind, length: clock.cadence.length, handoffTime: clock.handoffTime.description, handoffDay: clock.handoffDay)
        case .shifts(let each, let from):
            start = from.description
            rotation = RotationPart(kind: .shifts, length: each, handoffTime: nil, handoffDay: nil)
        }
        restrictions = layer.restrictions.map {
            RestrictionPart(
                type: $0.day == nil ? .daily : .weekly, startDay: $0.day, startTime: $0.start.description, durationSeconds: $0.seconds)
        }
        members = layer.roster.map { TurnPart($0) }
    }

    /// `{"layers": […]}`, which the database keeps.
    package static func stored(_ layers: [Layer]) throws -> String {
        try WireJSON.encodeText(["layers": layers.map { LayerDocument($0) }])
    }
}

/// One person as an object, several as an array of them.
private struct TurnPart: Encodable {
    private struct Person: Encodable {
        let name: String
        let email: String?
        let shadow: Bool?
    }

    private let people: [Person]

    init(_ members: [Member]) {
        people = members.map { Person(name: $0.name, email: $0.email, shadow: $0.isShadow ? true : nil) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let only = people.first, people.count == 1 { try container.encode(only) } else { try container.encode(people) }
    }
}
