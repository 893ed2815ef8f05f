/// Work that is done once per key, however many ask for it at the same time; a failure is told to all and tried again by the next.
actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    private enum State {
        case running([CheckedContinuation<Value, any Error>])
        case done(Value)
    }

    private var states: [Key: State] = [:]

    func value(for key: Key, _ make: @Sendable () async throws -> Value) async throws -> Value {
        switch states[key] {
        case .done(let value): return value
        case .running: return try await withCheckedThrowingContinuation { wait($0, for: key) }
        case nil: break
        }
        states[key] = .running([])
        do {
            let value = try await make()
            finish(key, with: .success(value))
            return value
        } catch {
            finish(key, with: .failure(error))
            throw error
        }
    }

    private func wait(_ continuation: CheckedContinuation<Value, any Error>, for key: Key) {
        guard case .running(let waiters) = states[key] else { return }
        states[key] = .running(waiters + [continuation])
    }

    private func finish(_ key: Key, with result: Result<Value, any Error>) {
        guard case .running(let waiters) = states[key] else { return }
        states[key] = (try? result.get()).map { .done($0) }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
