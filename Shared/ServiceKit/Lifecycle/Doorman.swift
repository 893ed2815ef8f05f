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
            // Another service failed, or our task was cancelled: whoever waits for the end must see it, but nobody asked for it.
            state.enter(.draining)
            return
        }
        state.stopIsAsked()
        logger.info("draining")
        try? await Task.sleep(for: drain)
    }
}
