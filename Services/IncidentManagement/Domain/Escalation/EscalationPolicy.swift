package import Contracts
import Foundation

/// Whom to page about an incident, in which order, and how long to wait in between.
package struct EscalationPolicy: Sendable, Hashable {
    /// More steps than any rota has levels; a limit because the policy is copied into every incident.
    package static let stepLimit = 20
    /// PagerDuty repeats at most 9 times.
    package static let repeatLimit = 9
    /// A day: longer waits are another policy.
    package static let delayLimitMinutes = 1_440

    /// Nil for the built-in default and for one that was never saved.
    package let id: PolicyID?
    package let name: String
    package let steps: [EscalationStep]
    package let repetition: Repetition
    package let emptyLevel: EmptyLevel
    package let exhaustion: Exhaustion
    /// Pages of low urgency wait for these hours in the zone of the person they go to; nil pages at any time.
    package let lowUrgencyHours: LocalHours?
    /// Whether the first step pages the assignees, put before the policy's own steps.
    package let isDirected: Bool

    package struct Repetition: Codable, Sendable, Hashable {
        package let times: Int
        package let afterMinutes: Int

        package init(times: Int, afterMinutes: Int) {
            self.times = times
            self.afterMinutes = afterMinutes
        }
    }

    /// What to do with a level at which nobody is on call.
    package enum EmptyLevel: String, Codable, Sendable, CaseIterable {
        /// The next level is due at once.
        case skip
        /// The level waits until somebody is on call, for ``Escalation/longestWait`` at most.
        case hold
    }

    /// What happens when the last round is over and nobody acted; never nothing, so that no incident is silent for ever.
    package struct Exhaustion: Codable, Sendable, Hashable {
        /// From five minutes to a week.
        package static let restartMinutes = 5...10_080

        /// Whether the fallback contact is paged at that moment.
        package let pageFallback: Bool
        /// After so many minutes the policy begins anew at its first step.
        package let restartAfterMinutes: Int

        package init(pageFallback: Bool, restartAfterMinutes: Int) {
            self.pageFallback = pageFallback
            self.restartAfterMinutes = restartAfterMinutes
        }

        /// For a policy that does not say: quiet, and again a day later.
        package static let usual = Exhaustion(pageFallback: false, restartAfterMinutes: 1_440)
    }

    package init(
        id: PolicyID? = nil, name: String, steps: [EscalationStep], repetition: Repetition, emptyLevel: EmptyLevel = .skip,
        exhaustion: Exhaustion = .usual, lowUrgencyHours: LocalHours? = nil, isDirected: Bool = false
    ) {
        self.id = id
        self.name = name
        self.steps = steps
        self.repetition = repetition
        self.emptyLevel = emptyLevel
        self.exhaustion = exhaustion
        self.lowUrgencyHours = lowUrgencyHours
        self.isDirected = isDirected
    }

    /// Primary at once, secondary after 5 minutes, admins after 15; twice again, each 15 minutes later; then the fallback, and anew after four
    /// hours.
    package static let standard = EscalationPolicy(
        name: "default",
        steps: [
            EscalationStep(delayMinutes: 0, targets: [.onCall(.primary)]),
            EscalationStep(delayMinutes: 5, targets: [.onCall(.secondary)]),
            EscalationStep(delayMinutes: 10, targets: [.admins]),
        ],
        repetition: Repetition(times: 2, afterMinutes: 15),
        exhaustion: Exhaustion(pageFallback: true, restartAfterMinutes: 240)
    )

    /// How long an assignee has before the policy's own first level is paged too.
    package static let assigneeGraceMinutes = 5

    /// The policy for an incident that was given to somebody: the assignees first, and only when they do not act, everybody else.
    package func directed(to assignees: [String]) -> EscalationPolicy {
        guard !isDirected, !assignees.isEmpty, let first = steps.first else { return self }
        let later = EscalationStep(
            delayMinutes: max(first.delayMinutes, Self.assigneeGraceMinutes), actions: first.actions, gate: first.gate
        )
        let assigned = EscalationStep(delayMinutes: 0, targets: [.assignees])
        return EscalationPolicy(
            id: id, name: name, steps: [assigned, later] + steps.dropFirst(), repetition: repetition, emptyLevel: emptyLevel,
            exhaustion: exhaustion, lowUrgencyHours: lowUrgencyHours, isDirected: true
        )
    }
}

extension EscalationPolicy: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, name, steps, emptyLevel, lowUrgencyHours, isDirected
        case repetition = "repeat"
        case exhaustion = "exhausted"
        /// What `repeat` was called before there was an API.
        case formerRepetition = "repetition"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let repetition = try container.decodeIfPresent(Repetition.self, forKey: .repetition)
        self.init(
            id: try container.decodeIfPresent(PolicyID.self, forKey: .id), name: try container.decode(String.self, forKey: .name),
            steps: try container.decode([EscalationStep].self, forKey: .steps),
            repetition: try repetition ?? container.decode(Repetition.self, forKey: .formerRepetition),
            emptyLevel: try container.decodeIfPresent(EmptyLevel.self, forKey: .emptyLevel) ?? .skip,
            exhaustion: try container.decodeIfPresent(Exhaustion.self, forKey: .exhaustion) ?? .usual,
            lowUrgencyHours: try container.decodeIfPresent(LocalHours.self, forKey: .lowUrgencyHours),
            isDirected: try container.decodeIfPresent(Bool.self, forKey: .isDirected) ?? false
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(steps, forKey: .steps)
        try container.encode(repetition, forKey: .repetition)
        try container.encode(emptyLevel, forKey: .emptyLevel)
        try container.encode(exhaustion, forKey: .exhaustion)
        try container.encodeIfPresent(lowUrgencyHours, forKey: .lowUrgencyHours)
        if isDirected { try container.encode(isDirected, forKey: .isDirected) }
    }
}
