import Synchronization

/// How many were inside at once.
final class Peak: Sendable {
    private struct State {
        var inside = 0
        var highest = 0
    }

    private let state = Mutex(State())

    var highest: Int { state.withLock { $0.highest } }

    func enter() {
        state.withLock {
            $0.inside += 1
            $0.highest = max($0.highest, $0.inside)
        }
    }

    func leave() { state.withLock { $0.inside -= 1 } }
}
