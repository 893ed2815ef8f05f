package import Contracts
package import Foundation

/// Answers whether an attempt may begin: IncidentManagement, by its client.
package protocol PermitSource: Sendable {
    /// Throws when there is no answer within the deadline.
    func permit(_ question: PermitQuestion, deadline: Duration) async throws -> PermitAnswer
}

package enum PermitDecision: Sendable, Hashable {
    /// `at` is the stopwatch's time from before the question, so that the grant is never older than it seems.
    case granted(AttemptID, at: Duration)
    case refused(CancelReason)
    /// Nobody answered for ``PermitGate/patience``: a page that may be one too many beats one too few.
    case unanswered(AttemptID)
}

/// Asks for the permit of one attempt, again and again for up to two seconds (architecture §4.1).
package struct PermitGate: Sendable {
    package static let patience: Duration = .seconds(2)
    /// An answer that takes longer could not be used any more.
    private static let tryLimit = PermitAnswer.validity
    private static let pause: Duration = .milliseconds(50)

    private let source: any PermitSource
    private let stopwatch: any Stopwatch

    package init(_ source: any PermitSource, stopwatch: any Stopwatch) {
        self.source = source
        self.stopwatch = stopwatch
    }

    /// - Parameter now: the time new attempt ids are made of.
    package func decide(page: PageID, incident: IncidentID, epoch: Int, now: Date) async -> PermitDecision {
        let start = stopwatch.elapsed
        while true {
            let attempt = AttemptID.make(at: now)
            let asked = stopwatch.elapsed
            let left = Self.patience - (asked - start)
            guard left > .zero else { return .unanswered(attempt) }
            let question = PermitQuestion(pageID: page, attemptID: attempt, incidentID: incident, epoch: epoch)
            if let answer = try? await source.permit(question, deadline: min(left, Self.tryLimit)) {
                return CancelReason(answer.verdict).map { .refused($0) } ?? .granted(attempt, at: asked)
            }
            do { try await stopwatch.pause(Self.pause) } catch { return .unanswered(attempt) }
        }
    }

    /// Whether the provider call may begin on a grant of that time.
    package func isFresh(grantedAt: Duration) -> Bool {
        stopwatch.elapsed - grantedAt < PermitAnswer.validity
    }
}
