package import Contracts
package import Foundation

/// The running state of one incident's escalation: which step comes next, when, and under which epoch.
package struct Escalation: Sendable, Hashable {
    /// Rises with every change that makes queued pages stale; a page of an older epoch is dead.
    package var epoch: Int
    /// The step that fires next; equal to the number of steps at the end of a round.
    package var step: Int
    package var round: Int
    /// The round from which repeats are counted: that of the opening, of the last start anew, or of the last escalation by hand.
    package var firstRound: Int
    /// Whether this round has paged anybody yet; a round that reaches nobody pages the fallback.
    package var hasPagedInRound: Bool
    /// When the next step is due; nil while nothing is to be escalated.
    package var nextStepAt: Date?
    /// The last firing, whose outcome may advance the timer.
    package var firingID: FiringID?
    /// Since when the next step is due and waits for its condition, its people or their morning.
    package var heldSince: Date?
    /// When the last round ended without anybody acting; the timer then stands at the start anew.
    package var exhaustedAt: Date?
    /// The policy as it was when the incident opened, was assigned or became worse; later edits do not change a running escalation.
    package var policy: EscalationPolicy

    package init(
        epoch: Int = 1, step: Int = 0, round: Int = 0, firstRound: Int = 0, hasPagedInRound: Bool = false, nextStepAt: Date?,
        firingID: FiringID? = nil, heldSince: Date? = nil, exhaustedAt: Date? = nil, policy: EscalationPolicy
    ) {
        self.epoch = epoch
        self.step = step
        self.round = round
        self.firstRound = firstRound
        self.hasPagedInRound = hasPagedInRound
        self.nextStepAt = nextStepAt
        self.firingID = firingID
        self.heldSince = heldSince
        self.exhaustedAt = exhaustedAt
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
        heldSince = nil
        exhaustedAt = nil
    }

    /// Queued pages die and the policy begins again at its first step.
    package mutating func restart(at now: Date) {
        epoch += 1
        step = 0
        round = 0
        firstRound = 0
        hasPagedInRound = false
        firingID = nil
        heldSince = nil
        exhaustedAt = nil
        nextStepAt = policy.steps.first.map { now + $0.delay }
    }

    /// Makes a step due at once; one of this round that fired already fires in a new round, because a step fires once a round.
    /// - Parameter wanted: nil is the next step, and after the last the first.
    package mutating func jump(to wanted: Int?, at now: Date) {
        let target = wanted ?? (step < policy.steps.count ? step : 0)
        if target < step {
            round += 1
            firstRound = round
            hasPagedInRound = false
        }
        step = target
        heldSince = nil
        exhaustedAt = nil
        nextStepAt = now
    }
}
