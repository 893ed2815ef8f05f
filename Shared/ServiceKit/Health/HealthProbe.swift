import Synchronization

/// One check with a deadline; however many ask, it runs once at a time.
final class HealthProbe: Sendable {
    /// A check without an answer by then has failed; probes of supervisors commonly wait three seconds.
    static let deadline: Duration = .seconds(2)

    private struct State {
        var run: Task<Void, Never>?
        var answer: HealthStatus = .ok
    }

    let check: HealthCheck
    private let state = Mutex(State())
    private let answered = Doorbell()

    init(_ check: HealthCheck) {
        self.check = check
    }

    deinit {
        state.withLock { $0.run?.cancel() }
    }

    func answer() async -> HealthStatus {
        let heard = join()
        await answered.wait(after: heard, upTo: Self.deadline)
        guard answered.rings > heard else { return .fail("no answer within \(Self.deadline.components.seconds) s") }
        return state.withLock { $0.answer }
    }

    /// A check that hangs and ignores cancellation must not hold `/health`, so its run is no child task: there is at most one, kept in
    /// ``State/run`` until it ends.
    private func join() -> UInt64 {
        state.withLock { state in
            if state.run == nil {
                state.run = Task { [weak self, check] in
                    let status = await check.run()
                    self?.finish(status)
                }
            }
            return answered.rings
        }
    }

    private func finish(_ status: HealthStatus) {
        state.withLock { state in
            state.run = nil
            state.answer = status
            answered.ring()
        }
    }
}
