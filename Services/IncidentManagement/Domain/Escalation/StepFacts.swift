package import Contracts
package import Foundation

/// What a step is decided on, gathered before: the planner itself asks nobody.
package struct StepFacts: Sendable {
    /// How the people on call were found.
    package enum OnCallSource: Sendable {
        case asked
        /// OnCall could not be reached; its last answer still holds.
        case lastAnswer
        /// OnCall could not be reached and nothing it said before still holds.
        case unreachable
    }

    /// OnCall's answer for the targets of the step that are its to know.
    package var onCall: [Recipient] = []
    package var onCallSource: OnCallSource = .asked
    /// Until when OnCall's answer holds.
    package var onCallUntil: Date?
    /// What OnCall settled just now, worth remembering for the minutes in which it cannot be reached.
    package var heard: HeardAnswer?
    /// Whom the other targets lead to.
    package var known: [StepTarget: [Recipient]] = [:]
    package var fallback: [Recipient] = []
    /// The IANA zones of people with an account, where the policy asks for their daytime.
    package var timeZones: [UserID: String] = [:]
    /// Alerts that joined within the minutes of the step's gate.
    package var alertsGained = 0
    /// Who is next in turn, by the place of the action.
    package var turns: [Int: String] = [:]

    package init() {}
}

/// OnCall's answer for a set of targets.
package struct HeardAnswer: Sendable, Hashable {
    package let target: String
    package let answer: EscalateAnswer

    package init(_ answer: EscalateAnswer, for target: String) {
        self.target = target
        self.answer = answer
    }
}

extension Recipient {
    /// The same for every way that leads to one person.
    package var key: String { userID.map { "user:\($0)" } ?? "address:\(email.lowercased())" }
}

/// Who comes after whom in a step that takes people in turn.
package enum RoundRobin {
    /// The one after `last` in the order given; the first when `last` is nobody of them (behaviours §1.4.31).
    package static func next(after last: String?, among people: [String]) -> String? {
        guard let last, let place = people.firstIndex(of: last) else { return people.first }
        return people[(place + 1) % people.count]
    }
}
