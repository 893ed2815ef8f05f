package import Contracts
package import Foundation

/// The running state of one incident's escalation: which step comes next, when, and under which epoch.
package struct Escalation: Sendable, Hashable {
    /// Rises with every change that makes queued pages stale; a page of an older epoch is dead.
    package var epoch: Int
    /// The step that fires next; equal to the number of steps at the end of a round.
    package var step: Int
    package var round: Int
    /// Whether this round has paged anybody yet; a round that reaches nobody pages the fallback.
    package var hasPagedInRound: Bool
    /// When the next step is due; nil while nothing is to be escalated.
    package var nextStepAt: Date?
    /// The last firing, whose outcome may advance the timer.
    package var firingID: FiringID?
    /// The policy as it was when the incident opened; later edits do not change a running escalation.
    package let policy: EscalationPolicy

    package init(
        epoch: Int = 1, step: Int = 0, round: Int = 0, hasPagedInRound: Bool = false, nextStepAt: Date?, firingID: FiringID? = nil,
        policy: EscalationPolicy
    ) {
        self.epoch = epoch
        self.step = step
        self.round = round
        self.hasPagedInRound = hasPagedInRound
        self.nextStepAt = nextStepAt
        self.firingID = firingID
        self.policy = policy
    }

    /// The escalation of an incident that opens now.
    package static func starting(_ policy: EscalationPolicy, at now: Date) -> Escalation {
        Escalation(nextStepAt: policy.steps.first.map { now + $0.delay }, policy: policy)
    }

    /// Queued pages die and the timer stops.
    package mutating func stop() {
        epoch += 1
        nextStepAt = nil
    }

    /// Queued pages die and the policy begins again at its first step.
    package mutating func restart(at now: Date) {
        epoch += 1
        step = 0
        round = 0
        hasPagedInRound = false
        firingID = nil
        nextStepAt = policy.steps.first.map { now + $0.delay }
    }
}
