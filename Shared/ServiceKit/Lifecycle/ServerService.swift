import Hummingbird
import ServiceLifecycle

/// Prepares, then serves. The application's own services run in the daemon's group, so they are taken out here.
struct ServerService: Service {
    let application: Application<RouterResponder<CallContext>>
    let prepare: @Sendable () async throws -> Void

    func run() async throws {
        try await prepare()
        var server = Application(
            responder: application.responder, server: application.server, configuration: application.configuration,
            onServerRunning: { await application.onServerRunning($0) }, logger: application.logger
        )
        server.services = []
        try await server.run()
    }
}
