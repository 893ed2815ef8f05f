package import Contracts
package import Foundation

/// What a due timer asks for.
package enum EscalationDecision: Sendable, Hashable {
    case fire(Position, opens: RoundOpening)
    /// Every page of a round failed: the fallback is paged before the next round, from the place after the last step.
    case fallback(Position)
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

    /// Whether a firing is the first of a round, and why there is one.
    package enum RoundOpening: Sendable, Hashable {
        case none
        /// The policy repeats.
        case repeated
        /// The path was exhausted a while ago and begins anew.
        case restarted
    }
}

/// What failed pages bring forward.
package enum EscalationHaste: Sendable, Hashable {
    case nextStep
    /// At the end of a round of which no page arrived; `step` says so to ``Escalation/decision``.
    case fallback(step: Int)
}

/// What one firing came to.
package enum FiringResult: String, Sendable, CaseIterable {
    case paged
    /// Nobody is on call for this level, or its condition is not met: the next one is due at once.
    case levelSkipped = "level_skipped"
    /// A whole round reached nobody, or the path is exhausted: the fallback contact was paged.
    case fallback
    /// The step was to page nobody, and did what it says.
    case acted
}

extension Escalation {
    /// The longest a step may wait for people or a condition; past it the level counts as empty, so that waiting never becomes silence.
    package static let longestWait: TimeInterval = 7 * 86_400
    /// How often a step that waits for somebody to come on call is tried.
    package static let holdInterval: TimeInterval = 60

    /// What the timer that is due now means.
    package var decision: EscalationDecision {
        if exhaustedAt != nil, !policy.steps.isEmpty { return .fire(.init(step: 0, round: round + 1), opens: .restarted) }
        if step > policy.steps.count { return .fallback(.init(step: policy.steps.count, round: round)) }
        if step < policy.steps.count { return .fire(.init(step: step, round: round), opens: .none) }
        if round - firstRound < policy.repetition.times, !policy.steps.isEmpty {
            return .fire(.init(step: 0, round: round + 1), opens: .repeated)
        }
        return .exhausted
    }

    /// Whether the firing at this position has to reach the fallback when its level is empty: it is the last chance of a round that paged nobody.
    package func needsFallback(at position: EscalationDecision.Position) -> Bool {
        position.step == policy.steps.count - 1 && !(position.round == round && hasPagedInRound)
    }

    /// The state after a firing: the next step, due by its own delay, or at once after an empty level.
    ///
    /// Delays count from `now`, so a late firing moves the rest back instead of catching up in a burst.
    package func after(
        _ position: EscalationDecision.Position, opens: EscalationDecision.RoundOpening = .none, _ result: FiringResult, firing: FiringID,
        at now: Date
    ) -> Escalation {
        var next = self
        let isNewRound = position.round != round
        next.round = position.round
        if opens == .restarted { next.firstRound = position.round }
        next.firingID = firing
        next.heldSince = nil
        next.exhaustedAt = nil
        next.hasPagedInRound = (isNewRound ? false : hasPagedInRound) || result == .paged || result == .fallback
        next.step = min(position.step + 1, policy.steps.count)
        if next.step == policy.steps.count {
            next.nextStepAt = now + TimeInterval(policy.repetition.afterMinutes * 60)
        } else {
            next.nextStepAt = result == .levelSkipped ? now : now + policy.steps[next.step].delay
        }
        return next
    }

    /// The state of a path that nobody acted on: it begins anew after the policy's own while.
    package func afterExhaustion(at now: Date, firing: FiringID? = nil) -> Escalation {
        var next = self
        next.exhaustedAt = now
        next.firingID = firing ?? firingID
        next.nextStepAt = policy.steps.isEmpty ? nil : now + TimeInterval(policy.exhaustion.restartAfterMinutes * 60)
        return next
    }

    /// What follows at once when all pages of the last firing failed for good; nil where the timer keeps its time.
    ///
    /// A repetition and a start anew always do. Where nobody can be reached at all, as without a mail server, they would follow each other without end.
    package var haste: EscalationHaste? {
        guard exhaustedAt == nil else { return nil }
        return switch decision {
        case .fire(_, opens: .none): .nextStep
        case .fire(_, opens: .repeated): .fallback(step: policy.steps.count + 1)
        case .exhausted: policy.exhaustion.pageFallback ? .fallback(step: step) : nil
        case .fire(_, opens: .restarted), .fallback: nil
        }
    }

    /// The state while the due step waits.
    package func waiting(until: Date, at now: Date) -> Escalation {
        var next = self
        next.heldSince = heldSince ?? now
        next.nextStepAt = until
        return next
    }

    /// Whether a step may still wait at `now`.
    package func mayWait(at now: Date) -> Bool {
        heldSince.map { now.timeIntervalSince($0) < Self.longestWait } ?? true
    }
}
