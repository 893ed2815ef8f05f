import Foundation
import Synchronization

/// Runs an actor on a thread of its own, for calls that block: libcurl must never hold a thread of the cooperative pool.
///
/// The thread ends after ``stop()`` or when the executor goes away.
final class ThreadExecutor: SerialExecutor {
    private let inbox: Inbox

    init(name: String) {
        let inbox = Inbox()
        self.inbox = inbox
        let thread = Thread { inbox.work() }
        thread.name = name
        // libcurl with OpenSSL needs little; eight of these must not cost 64 MB.
        thread.stackSize = 512 * 1024
        thread.start()
    }

    deinit { inbox.stop() }

    func enqueue(_ job: UnownedJob) {
        inbox.put(job, for: asUnownedSerialExecutor())
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

private final class Inbox: Sendable {
    private struct State {
        var jobs: [(job: UnownedJob, executor: UnownedSerialExecutor)] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    func put(_ job: UnownedJob, for executor: UnownedSerialExecutor) {
        state.withLock { $0.jobs.append((job, executor)) }
        filled.signal()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        filled.signal()
    }

    func work() {
        while true {
            filled.wait()
            let next = state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
            if let next {
                next.job.runSynchronously(on: next.executor)
            } else if state.withLock({ $0.isStopped }) {
                return
            }
        }
    }
}
