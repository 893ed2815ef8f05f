import Logging
import ServiceLifecycle

/// The first to hear of a graceful shutdown: turns `/readyz` red, stops the workers, and keeps the door open while balancers look away.
struct Doorman: Service {
    let state: DaemonState
    let drain: Duration
    let logger: Logger

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            state.enter(.draining)
            return
        }
        state.enter(.draining)
        logger.info("draining")
        try? await Task.sleep(for: drain)
    }
}
