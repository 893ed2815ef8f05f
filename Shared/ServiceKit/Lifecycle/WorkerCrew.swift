import ServiceLifecycle

/// Runs all loops from the moment the daemon serves until it drains, and ends when their last ticks have and its turn to stop has come.
struct WorkerCrew: Service {
    let loops: [WorkerLoop]
    let state: DaemonState

    func run() async throws {
        await state.wait(for: .serving)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await state.wait(for: .draining)
                for loop in loops { loop.stop() }
            }
            for loop in loops {
                group.addTask { await loop.run() }
            }
        }
        // A group takes a service that ends before it is told to for a failed one.
        try await gracefulShutdown()
    }
}
