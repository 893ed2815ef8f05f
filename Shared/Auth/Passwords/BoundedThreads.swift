import Foundation
import Synchronization

/// The queue before a ``BoundedThreads`` is full: say so to the caller (429 or 503) instead of keeping it waiting.
package struct ThreadQueueFull: Error, Sendable, Hashable {
    package init() {}
}

/// Runs blocking work on a few threads of its own, never on the cooperative pool, with a bounded queue before them.
///
/// A thread lives while there is work and ends when there is none: the work it is made for takes long enough to pay for one.
package final class BoundedThreads: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let name: String
    private let limit: Int
    private let queueLimit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: work that runs at a time.
    ///   - queueLimit: work that waits for a thread; what comes beyond is refused.
    package init(name: String, limit: Int, queueLimit: Int) {
        self.name = name
        self.limit = limit
        self.queueLimit = queueLimit
    }

    /// Runs `work` and returns what it returned; throws ``ThreadQueueFull`` at once when too many wait already.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws(ThreadQueueFull) -> Result {
        let result: Result? = await withCheckedContinuation { continuation in
            if !start({ continuation.resume(returning: work()) }) { continuation.resume(returning: nil) }
        }
        guard let result else { throw ThreadQueueFull() }
        return result
    }

    /// Runs `job` as soon as a thread is free, without anybody waiting for it; false when too many wait already.
    package func start(_ job: @escaping @Sendable () -> Void) -> Bool {
        enum Admission { case start, wait, refuse }
        let admission: Admission = state.withLock { state in
            if state.running < limit {
                state.running += 1
                return .start
            }
            guard state.waiting.count < queueLimit else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
        if case .start = admission { startThread(with: job) }
        if case .refuse = admission { return false }
        return true
    }

    private func startThread(with job: @escaping @Sendable () -> Void) {
        let thread = Thread {
            job()
            while let next = self.next() { next() }
        }
        thread.name = name
        thread.start()
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }
}
