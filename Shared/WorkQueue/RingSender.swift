import ServiceKit
import Synchronization

/// Gathers rings by ``NotifyDebounce`` and has them sent to the other replicas.
final class RingSender: Sendable {
    /// A look whether anything was rung that the bell did not tell; only a bound for the wait.
    private static let patience: Duration = .seconds(60)

    private let debounce = Mutex(NotifyDebounce())
    private let pending = Doorbell()
    private let start = ContinuousClock.now

    func ring(_ channel: String) {
        debounce.withLock { $0.ring(channel) }
        pending.ring()
    }

    /// Sends until the task is cancelled.
    func run(_ send: (Set<String>) async -> Void) async {
        while !Task.isCancelled {
            let heard = pending.rings
            switch debounce.withLock({ $0.next(at: ContinuousClock.now - start) }) {
            case .rest: await pending.wait(after: heard, upTo: Self.patience)
            case .wait(let rest): try? await Task.sleep(for: rest)
            case .send(let channels): await send(channels)
            }
        }
    }
}
