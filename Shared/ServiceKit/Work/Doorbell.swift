import Synchronization

/// Wakes those who wait for work. A ring that comes before the wait is kept, and any number of them count as one.
package final class Doorbell: Sendable {
    private struct State {
        var rings: UInt64 = 0
        var answered: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has rung; compare with ``wait(after:upTo:)``.
    package var rings: UInt64 { state.withLock { $0.rings } }

    package func ring() {
        let waiters = state.withLock { state in
            state.rings += 1
            defer { state.waiters.removeAll() }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at the first ring since the last wait ended, after `limit`, or when the task is cancelled.
    ///
    /// For one listener; several on one bell use ``wait(after:upTo:)``, each with its own count.
    package func wait(upTo limit: Duration) async {
        await wait(after: state.withLock { $0.answered }, upTo: limit)
        state.withLock { $0.answered = $0.rings }
    }

    /// Returns once it has rung more often than `count`, after `limit`, or when the task is cancelled.
    package func wait(after count: UInt64, upTo limit: Duration) async {
        guard rings <= count else { return }
        await withTaskGroup { group in
            group.addTask { await self.nextRing(after: count) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func nextRing(after count: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.rings > count || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
