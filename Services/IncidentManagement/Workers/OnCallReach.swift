import ServiceClients
import Synchronization

/// Whether OnCall answers, as one round of the engine has found out: who asks a dead neighbour waits for the deadline, and sixty-four incidents must
/// not wait for it one after the other. A refusal is an answer, about one question, unless it says that nobody is there.
package final class OnCallReach: Sendable {
    private let lost = Atomic(false)

    package init() {}

    package var isLost: Bool { lost.load(ordering: .relaxed) }

    /// What a balancer says before a dead OnCall (502, 504), and OnCall itself while it cannot serve anybody (503).
    private static let absences = [502, 503, 504]

    /// Hears why a question was not answered.
    func note(_ error: ClientError) {
        switch error.reason {
        case .timeout, .unreachable: lost.store(true, ordering: .relaxed)
        case .refused(let status) where Self.absences.contains(status): lost.store(true, ordering: .relaxed)
        case .refused, .badAnswer, .answerTooLarge, .invalidRequest, .cancelled: break
        }
    }
}
