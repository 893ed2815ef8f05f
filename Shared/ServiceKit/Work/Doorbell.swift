import Dispatch
import Synchronization

/// Wakes those who wait for work. A ring that comes before the wait is kept, and any number of them count as one.
package final class Doorbell: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let count: UInt64
        let end: ContinuousClock.Instant
        let hasDoneAll: Bool
    }

    private struct State {
        var rings: UInt64 = 0
        var answered: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        /// When the next look is due at whose time is over; nil while none is planned.
        var look: ContinuousClock.Instant?
        /// Looks planned so far; only the last counts.
        var looks: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has rung; compare with ``wait(after:upTo:)``.
    package var rings: UInt64 { state.withLock { $0.rings } }

    /// Whether somebody has done all there was to do and waits for the next ring.
    package var isAwaited: Bool { state.withLock { $0.waiters.values.contains(where: \.hasDoneAll) } }

    package func ring() {
        let waiters = state.withLock { state in
            state.rings += 1
            let woken = state.waiters.filter { $0.value.count < state.rings }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Returns at the first ring since the last wait ended, after `limit`, or when the task is cancelled.
    ///
    /// For one listener; several on one bell use ``wait(after:upTo:)``, each with its own count.
    package func wait(upTo limit: Duration) async {
        await wait(after: state.withLock { $0.answered }, upTo: limit)
        state.withLock { $0.answered = $0.rings }
    }

    /// Returns once it has rung more often than `count`, after `limit`, or when the task is cancelled.
    ///
    /// - Parameter hasDoneAll: Nothing is left of what the rings so far told of.
    package func wait(after count: UInt64, upTo limit: Duration, hasDoneAll: Bool = false) async {
        let end = ContinuousClock.now + limit
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.rings > count || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(continuation: continuation, count: count, end: end, hasDoneAll: hasDoneAll)
                    return false
                }
                if isDone { continuation.resume() } else { planLook() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}

// MARK: - Limits

/// A worker waits anew after each ring, and a timer for each wait, which a ring does not stop, would wake the process as often as its work does. So
/// one look is planned for all waits of a bell, and plans the next when it finds no limit reached; only one for an earlier limit takes its place.
extension Doorbell {
    /// A look that comes early finds nothing and plans the next.
    private static var furthestLook: Duration { .seconds(3600) }

    private func planLook() {
        let plan: (number: UInt64, wait: Duration)? = state.withLock { state in
            let now = ContinuousClock.now
            guard let end = state.waiters.values.map(\.end).min() else { return nil }
            let wait = min(max(.zero, now.duration(to: end)), Self.furthestLook)
            guard state.look.map({ now + wait < $0 }) ?? true else { return nil }
            state.look = now + wait
            state.looks += 1
            return (state.looks, wait)
        }
        guard let plan else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + plan.wait.inSeconds) { [weak self] in self?.look(plan.number) }
    }

    private func look(_ number: UInt64) {
        let now = ContinuousClock.now
        let over = state.withLock { state -> [Waiter] in
            // An earlier one was planned since, and goes on from there.
            guard number == state.looks else { return [] }
            state.look = nil
            let over = state.waiters.filter { $0.value.end <= now }
            for id in over.keys { state.waiters[id] = nil }
            return Array(over.values)
        }
        for waiter in over { waiter.continuation.resume() }
        planLook()
    }
}
