package import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

/// A daemon ready to run: made by ``Bootstrap/daemon(routes:document:authenticator:health:services:workers:clock:prepare:)``.
///
/// `application` alone, as HummingbirdTesting runs it, has everything but the workers; ``run()`` has them too.
package struct Daemon: Sendable {
    package let application: Application<RouterResponder<CallContext>>
    package let workers: [any Worker]
    package let routes: [RegisteredRoute]
    package let document: APIDocument?

    let loops: [WorkerLoop]
    let services: [any Service]
    let state: DaemonState
    let prepare: @Sendable () async throws -> Void
    let drain: Duration
    let inFlight: Duration

    /// Serves until the task is cancelled or a surrounding `ServiceGroup` shuts down gracefully.
    package func run() async throws {
        try await group(signals: []).run()
    }

    /// The port the daemon listens on, once it does; nil when the task is cancelled before.
    package func port() async -> Int? {
        await state.wait(for: .serving)
        return state.port
    }

    func group(signals: [UnixSignal]) -> ServiceGroup {
        // Stopped from the last to the first: the doorman tells everybody and waits for balancers, the server finishes its requests, the crew
        // has been finishing its ticks meanwhile, and what all of them use goes last.
        let server = ServerService(application: application, prepare: prepare)
        let crew = WorkerCrew(loops: loops, state: state)
        let doorman = Doorman(state: state, drain: drain, logger: application.logger)
        var configuration = ServiceGroupConfiguration(
            services: (services + [crew, server, doorman]).map { .init(service: $0) }, gracefulShutdownSignals: signals,
            logger: application.logger
        )
        configuration.maximumGracefulShutdownDuration = drain + inFlight
        return ServiceGroup(configuration: configuration)
    }
}

/// How long a stop may take (reliability SHD-1).
enum StopLimits {
    /// Requests and ticks under way get this long after the drain; then they are cancelled.
    package static let inFlight: Duration = .seconds(9)
    /// The process is gone by then, whatever hangs.
    static let total: Duration = .seconds(15)
    /// How long balancers have to see `/readyz` turn red before the port closes.
    static let drain: Duration = .seconds(5)
}
