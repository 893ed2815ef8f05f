import Contracts
import Foundation
import ServiceKit

/// Answers a replica may give for a moment without asking the database again.
///
/// What was so when a read of the revision began may be said until ``length`` after that moment, since whoever changes it anywhere is told that it
/// is done only after as long a wait (``end(after:)``): no answer is behind a confirmed change. Time is each replica's own, measured and never
/// compared; a machine that is frozen and does not count the time may be behind for what is left of the moment when it thaws. Pages are not decided
/// by these answers: an escalation reads anew each time.
struct HeldAnswers {
    /// Nobody who changes a schedule notices it, and it makes one read of hundreds of answers.
    static let length: Duration = .milliseconds(10)
    /// What two clocks may differ in so short a time, and more.
    private static let drift: Duration = .milliseconds(1)
    /// Every read copies what is held; teams beyond these are read more often.
    private static let mostTeams = 256

    private struct Answer {
        let kept: CurrentText
        /// The answer at `instant`, for those who ask soon after.
        let text: String
        let instant: Date
    }

    private let revision: ScheduleRevision?
    private let until: ContinuousClock.Instant
    /// How old the instant may be that an answer names.
    private let oldest: TimeInterval
    private let answers: [String: Answer]

    /// None.
    init() {
        revision = nil
        until = .now
        oldest = 0
        answers = [:]
    }

    /// What a read saw, and what was seen before and is still so.
    ///
    /// - Parameters:
    ///   - now: The instant the answers name.
    ///   - began: A moment before the read began.
    ///   - length: The same in every replica.
    init(
        _ seen: OnCallMemory.Answers, at now: Date, since began: ContinuousClock.Instant, for length: Duration, after earlier: HeldAnswers
    ) {
        revision = seen.revision
        until = began + length
        oldest = length.inSeconds
        let new = seen.texts.mapValues { Answer(kept: $0, text: $0.text(at: now) ?? $0.whole, instant: now) }
        let all = earlier.revision == seen.revision ? earlier.answers.merging(new) { $1 } : new
        answers = all.count <= Self.mostTeams ? all : new
    }

    /// Waits until no replica holds an answer of before the call.
    /// - Throws: `CancellationError`, since until then nothing may be called done.
    static func end(after length: Duration) async throws {
        try await Task.sleep(for: length + drift, tolerance: .zero, clock: .continuous)
    }

    /// The answer, which names an instant at most ``length`` before `instant`.
    ///
    /// - Parameter moment: One after the question came.
    func text(_ team: String, at instant: Date, _ moment: ContinuousClock.Instant) -> String? {
        guard moment < until, let answer = answers[team], answer.kept.holds(at: instant) else { return nil }
        let age = instant.timeIntervalSince(answer.instant)
        return age >= 0 && age < oldest ? answer.text : answer.kept.text(at: instant)
    }
}
