import Foundation

/// The condition under which a step that is due does anything.
package struct StepGate: Sendable, Hashable {
    package enum Condition: Sendable, Hashable {
        /// Only at these times, in the hours' own zone.
        case hours(LocalHours)
        /// Only when so many alerts joined within the last minutes.
        case rate(alerts: Int, minutes: Int)
    }

    /// What becomes of a step whose condition is not met.
    package enum Otherwise: String, Codable, Sendable, CaseIterable {
        /// It stays due until the condition is met.
        case wait
        /// The next step is due at once.
        case skip
    }

    package enum Kind: String, Codable, Sendable, CaseIterable { case time, rate }

    /// Alerts and minutes that a rate may name: more is never met within an escalation.
    package static let alertRange = 1...10_000
    package static let minuteRange = 1...1_440

    package let condition: Condition
    package let otherwise: Otherwise

    package init(_ condition: Condition, otherwise: Otherwise) {
        self.condition = condition
        self.otherwise = otherwise
    }
}

extension StepGate: Codable {
    private enum CodingKeys: String, CodingKey { case type, otherwise, alerts, minutes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let condition: Condition =
            switch try container.decode(Kind.self, forKey: .type) {
            case .time: .hours(try LocalHours(from: decoder))
            case .rate:
                .rate(alerts: try container.decode(Int.self, forKey: .alerts), minutes: try container.decode(Int.self, forKey: .minutes))
            }
        self.init(condition, otherwise: try container.decode(Otherwise.self, forKey: .otherwise))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(otherwise, forKey: .otherwise)
        switch condition {
        case .hours(let hours):
            try container.encode(Kind.time, forKey: .type)
            try hours.encode(to: encoder)
        case .rate(let alerts, let minutes):
            try container.encode(Kind.rate, forKey: .type)
            try container.encode(alerts, forKey: .alerts)
            try container.encode(minutes, forKey: .minutes)
        }
    }
}
