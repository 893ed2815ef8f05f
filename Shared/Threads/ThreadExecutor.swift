import Foundation
import Synchronization

/// A serial executor that is one thread of its own, so that a C library may block without holding a thread of the cooperative pool.
///
/// It is a task executor too: a transaction prefers it, so that what stands between two statements runs where they do, without a change of threads.
/// The thread starts with the first job. After ``close(then:)`` it runs what is queued, then the closing action, and ends; a job that comes later still
/// runs, on a thread that lives as long as the job.
package final class ThreadExecutor: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var hasThread = false
        var isClosed = false
        var closing: (@Sendable () -> Void)?
    }

    /// libpq, hiredis, libcurl with OpenSSL and the decoding of answers need little; a thread's default of 8 MB counts against container limits.
    private static let stackSize = 512 * 1024

    private let name: String
    private let state = Mutex(State())
    private let condition = Condition()

    /// - Parameter name: The thread's, of which Linux shows 15 bytes.
    package init(name: String) {
        self.name = name
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        wake { $0.jobs.append(job) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Lets the thread end once it has run everything that is queued, and then `action`. Only the first call counts.
    package func close(then action: @escaping @Sendable () -> Void) {
        wake { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            state.closing = action
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let needsThread = state.withLock { state in
            change(&state)
            guard !state.hasThread, !state.jobs.isEmpty || state.closing != nil else { return false }
            state.hasThread = true
            return true
        }
        if needsThread {
            let thread = Thread { self.work() }
            thread.name = name
            thread.stackSize = Self.stackSize
            thread.start()
        } else {
            condition.signal()
        }
    }

    private enum Step {
        case run([UnownedJob])
        case close(@Sendable () -> Void)
        case wait
        case end
    }

    private func work() {
        while true {
            switch next() {
            case .run(let jobs):
                for job in jobs { job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) }
            case .close(let action):
                action()
            case .wait:
                condition.wait { state.withLock { !$0.jobs.isEmpty || $0.closing != nil } }
            case .end:
                return
            }
        }
    }

    private func next() -> Step {
        state.withLock { state in
            if !state.jobs.isEmpty {
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return .run(state.jobs)
            }
            if let action = state.closing {
                state.closing = nil
                return .close(action)
            }
            guard state.isClosed else { return .wait }
            state.hasThread = false
            return .end
        }
    }
}
