package import Contracts
package import Foundation

/// That somebody asked whom to page, and what the answer was; the escalation history.
package struct EscalationRecord: Sendable, Hashable {
    /// Which step of an incident's escalation asked; nil when a person did.
    package struct Firing: Sendable, Hashable {
        package let id: FiringID
        package let epoch: Int
        package let step: Int
        package let round: Int

        package init(id: FiringID, epoch: Int, step: Int, round: Int) {
            self.id = id
            self.epoch = epoch
            self.step = step
            self.round = round
        }
    }

    package let id: EscalationID
    package let teams: [String]
    /// A UUID from the engine; whatever a person wrote otherwise.
    package let incident: String
    package let firing: Firing?
    package let answer: EscalateAnswer
    package let reason: String?
    package let askedBy: String
    package let at: Date

    package init(
        id: EscalationID, teams: [String], incident: String, firing: Firing?, answer: EscalateAnswer, reason: String?, askedBy: String,
        at: Date
    ) {
        self.id = id
        self.teams = teams
        self.incident = incident
        self.firing = firing
        self.answer = answer
        self.reason = reason
        self.askedBy = askedBy
        self.at = at
    }
}
