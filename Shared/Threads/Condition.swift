import Foundation

/// A condition variable whose waiters look at state that another lock guards.
struct Condition: Sendable {
    private let condition = NSCondition()

    /// Blocks the calling thread until `isMet` holds; it is looked at again after each ``signal()``.
    func wait(until isMet: () -> Bool) {
        condition.lock()
        defer { condition.unlock() }
        while !isMet() { condition.wait() }
    }

    /// Call it after the state has changed: taking the lock here makes sure that a waiter either sees the change or is already waiting.
    func signal() {
        condition.lock()
        condition.signal()
        condition.unlock()
    }
}
