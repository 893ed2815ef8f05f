import ServiceLifecycle

/// Runs all loops from the moment the daemon serves until it drains, and ends when their last ticks have.
struct WorkerCrew: Service {
    let loops: [WorkerLoop]
    let state: DaemonState

    func run() async {
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
    }
}
