/// Lets so many in at a time, in the order in which they came.
actor Turnstile {
    private var free: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(limit: Int) {
        free = limit
    }

    func pass<Answer>(_ body: () async throws -> sending Answer) async rethrows -> sending Answer {
        await enter()
        defer { leave() }
        return try await body()
    }

    func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }

    func leave() {
        if waiters.isEmpty { free += 1 } else { waiters.removeFirst().resume() }
    }
}
