package import Contracts
package import Foundation

/// What a due timer asks for.
package enum EscalationDecision: Sendable, Hashable {
    case fire(Position, isRepeat: Bool)
    /// The last round is over and nobody acted.
    case exhausted

    package struct Position: Sendable, Hashable {
        package let step: Int
        package let round: Int

        package init(step: Int, round: Int) {
            self.step = step
            self.round = round
        }
    }
}

/// What one firing came to.
package enum FiringResult: String, Sendable, CaseIterable {
    case paged
    /// Nobody is on call for this level: the next one is due at once.
    case levelSkipped = "level_skipped"
    /// A whole round reached nobody: the fallback contact was paged.
    case fallback
}

extension Escalation {
    /// What the timer that is due now means.
    package var decision: EscalationDecision {
        if step < policy.steps.count { return .fire(.init(step: step, round: round), isRepeat: false) }
        if round < policy.repetition.times, !policy.steps.isEmpty { return .fire(.init(step: 0, round: round + 1), isRepeat: true) }
        return .exhausted
    }

    /// Whether the firing at this position has to reach the fallback when its level is empty: it is the last chance of a round that paged nobody.
    package func needsFallback(at position: EscalationDecision.Position) -> Bool {
        position.step == policy.steps.count - 1 && !(position.round == round && hasPagedInRound)
    }

    /// The state after a firing: the next step, due by its own delay, or at once after an empty level.
    ///
    /// Delays count from `now`, so a late firing moves the rest back instead of catching up in a burst.
    package func after(_ position: EscalationDecision.Position, _ result: FiringResult, firing: FiringID, at now: Date) -> Escalation {
        var next = self
        let isNewRound = position.round != round
        next.round = position.round
        next.firingID = firing
        next.hasPagedInRound = (isNewRound ? false : hasPagedInRound) || result != .levelSkipped
        next.step = position.step + 1
        if next.step == policy.steps.count {
            next.nextStepAt = now + TimeInterval(policy.repetition.afterMinutes * 60)
        } else {
            next.nextStepAt = result == .levelSkipped ? now : now + policy.steps[next.step].delay
        }
        return next
    }

    package var afterExhaustion: Escalation {
        var next = self
        next.nextStepAt = nil
        return next
    }
}
