import Contracts
package import Foundation

/// One level of a policy: what happens, how long after the level before it, and under which condition.
package struct EscalationStep: Sendable, Hashable {
    /// More actions than a level has people and systems to tell.
    package static let actionLimit = 10

    /// Minutes after the step before it; for the first, after the opening.
    package let delayMinutes: Int
    package let actions: [StepAction]
    /// Nil fires whenever the step is due.
    package let gate: StepGate?

    package init(delayMinutes: Int, actions: [StepAction], gate: StepGate? = nil) {
        self.delayMinutes = delayMinutes
        self.actions = actions
        self.gate = gate
    }

    /// A step that only pages.
    package init(delayMinutes: Int, targets: [StepTarget]) {
        self.init(delayMinutes: delayMinutes, actions: [.notify(.init(targets: targets))])
    }

    package var delay: TimeInterval { TimeInterval(delayMinutes * 60) }

    /// Its notifications with their places among the actions.
    package var notifications: [(index: Int, notify: StepAction.Notify)] {
        actions.enumerated().compactMap { index, action in
            if case .notify(let notify) = action { (index, notify) } else { nil }
        }
    }

    /// Everybody whom its actions name.
    package var targets: [StepTarget] {
        actions.flatMap { action -> [StepTarget] in
            switch action {
            case .notify(let notify): notify.targets
            case .assign(let targets): targets
            case .setSeverity, .setStatus, .webhook: []
            }
        }
    }
}

extension EscalationStep: Codable {
    private enum CodingKeys: String, CodingKey {
        case delayMinutes, actions, gate
        /// A step of before there were actions.
        case targets
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let delay = try container.decode(Int.self, forKey: .delayMinutes)
        if let targets = try container.decodeIfPresent([StepTarget].self, forKey: .targets) {
            self.init(delayMinutes: delay, targets: targets)
        } else {
            self.init(
                delayMinutes: delay, actions: try container.decode([StepAction].self, forKey: .actions),
                gate: try container.decodeIfPresent(StepGate.self, forKey: .gate)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(delayMinutes, forKey: .delayMinutes)
        try container.encode(actions, forKey: .actions)
        try container.encodeIfPresent(gate, forKey: .gate)
    }
}
