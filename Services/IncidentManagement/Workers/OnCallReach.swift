import Synchronization

/// Whether OnCall answers, as one round of the engine has found out: who asks a dead neighbour waits for the deadline, and sixty-four incidents must
/// not wait for it one after the other. A refusal is an answer: it is about one question, and says nothing of the others.
package final class OnCallReach: Sendable {
    private let lost = Atomic(false)

    package init() {}

    package var isLost: Bool { lost.load(ordering: .relaxed) }

    func lose() { lost.store(true, ordering: .relaxed) }
}
