package import Contracts
package import Foundation

/// Whom to page about an incident, in which order, and how long to wait in between.
package struct EscalationPolicy: Codable, Sendable, Hashable {
    /// More steps than any rota has levels; a limit because the policy is copied into every incident.
    package static let stepLimit = 20
    /// PagerDuty repeats at most 9 times.
    package static let repeatLimit = 9
    /// A day: longer waits are another policy.
    package static let delayLimitMinutes = 1_440

    package let name: String
    package let steps: [EscalationStep]
    package let repetition: Repetition

    package struct Repetition: Codable, Sendable, Hashable {
        package let times: Int
        package let afterMinutes: Int

        package init(times: Int, afterMinutes: Int) {
            self.times = times
            self.afterMinutes = afterMinutes
        }
    }

    package init(name: String, steps: [EscalationStep], repetition: Repetition) {
        self.name = name
        self.steps = steps
        self.repetition = repetition
    }

    /// Primary at once, secondary after 5 minutes, admins after 15; twice again, each 15 minutes later.
    package static let standard = EscalationPolicy(
        name: "default",
        steps: [
            EscalationStep(delayMinutes: 0, targets: [.onCall(.primary)]),
            EscalationStep(delayMinutes: 5, targets: [.onCall(.secondary)]),
            EscalationStep(delayMinutes: 10, targets: [.admins]),
        ],
        repetition: Repetition(times: 2, afterMinutes: 15)
    )
}

/// One level of a policy.
package struct EscalationStep: Codable, Sendable, Hashable {
    /// Minutes after the step before it; for the first, after the opening.
    package let delayMinutes: Int
    package let targets: [StepTarget]

    package init(delayMinutes: Int, targets: [StepTarget]) {
        self.delayMinutes = delayMinutes
        self.targets = targets
    }

    package var delay: TimeInterval { TimeInterval(delayMinutes * 60) }
}

/// Whom a step names; the team of an on-call target is the incident's.
package enum StepTarget: Sendable, Hashable {
    case onCall(OnCallRole)
    case user(UserID)
    case admins

    /// The target as OnCall is asked for it; nil when it needs a team and the incident has none.
    package func resolved(team: String?) -> EscalationTarget? {
        switch self {
        case .onCall(let role): team.map { .onCall(team: $0, role: role) }
        case .user(let id): .user(id)
        case .admins: .admins
        }
    }
}

extension StepTarget: Codable {
    private enum CodingKeys: String, CodingKey { case type, role, userID }
    private enum Kind: String, Codable { case onCall = "on_call", user, admins }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .onCall: self = .onCall(try container.decode(OnCallRole.self, forKey: .role))
        case .user: self = .user(try container.decode(UserID.self, forKey: .userID))
        case .admins: self = .admins
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .onCall(let role):
            try container.encode(Kind.onCall, forKey: .type)
            try container.encode(role, forKey: .role)
        case .user(let id):
            try container.encode(Kind.user, forKey: .type)
            try container.encode(id, forKey: .userID)
        case .admins:
            try container.encode(Kind.admins, forKey: .type)
        }
    }
}
