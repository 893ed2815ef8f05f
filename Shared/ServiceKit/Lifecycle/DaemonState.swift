import Synchronization

/// Where a daemon is in its life, for `/readyz` and for those who wait for the next phase.
final class DaemonState: Sendable {
    enum Phase: Int, Sendable, Comparable {
        case starting, serving, draining

        static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    private struct State {
        var phase = Phase.starting
        var port: Int?
        var isStopAsked = false
    }

    private let state = Mutex(State())
    private let changed = Doorbell()

    var phase: Phase { state.withLock { $0.phase } }
    var port: Int? { state.withLock { $0.port } }
    /// Whether the daemon ends because somebody asked it to, and not because a part of it failed.
    var isStopAsked: Bool { state.withLock { $0.isStopAsked } }

    /// Phases only go forward.
    func enter(_ phase: Phase) {
        state.withLock { $0.phase = max($0.phase, phase) }
        changed.ring()
    }

    /// A graceful shutdown has begun.
    func stopIsAsked() {
        state.withLock { $0.isStopAsked = true }
        enter(.draining)
    }

    func listens(on port: Int?) {
        state.withLock { $0.port = port }
        enter(.serving)
    }

    /// Returns when the phase is reached or the task cancelled.
    func wait(for phase: Phase) async {
        while !Task.isCancelled {
            let heard = changed.rings
            if self.phase >= phase { return }
            await changed.wait(after: heard, upTo: .seconds(3600))
        }
    }
}
