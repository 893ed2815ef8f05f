package import Auth
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
package import ServiceLifecycle

extension Bootstrap {
    /// Puts a daemon together: the routes behind the kit's middleware, the kit's own routes, and the lifecycle.
    ///
    /// - Parameters:
    ///   - document: what `/openapi.json` shows; without one there is no documentation, as in tests of the kit.
    ///   - health: what `/health` asks beside the workers.
    ///   - services: run in this order and stopped in the opposite one, before and after everything else.
    ///   - workers: begin once the daemon serves.
    ///   - problemPage: what people see of a problem, in a daemon that shows pages.
    ///   - clock: measured before `prepare` when it is an ``OffsetClock``, and run with the services when it is not among them.
    ///   - prepare: runs once the services do and before the server listens; migrations belong here.
    package func daemon(
        routes: Routes, document: APIDocument? = nil, authenticator: any Authenticator, health: [HealthCheck], services: [any Service] = [],
        workers: [WorkerLoop] = [], problemPage: ProblemPage? = nil,
        clock: any Clock, prepare: @escaping @Sendable () async throws -> Void = {}
    ) throws -> Daemon {
        let state = DaemonState()
        let board = HealthBoard(health + workers.map(\.health), metrics: metrics)
        let metricsToken = try settings.optionalSecret("METRICS_TOKEN")
        KitRoutes(boot: self, metricsToken: metricsToken, board: board, state: state, clock: clock).add(to: routes)
        if let document { try DocumentationRoutes(document, settings: settings).add(to: routes) }
        let httpMetrics = HTTPMetrics(metrics)
        let headers = SecureHeadersMiddleware(settings)
        let router = routes.router(
            AccessGate(authenticator: authenticator), middleware: try middleware(authenticator, httpMetrics, headers, problemPage))
        let hotRoutes = HotRoutes(routes.hotRoutes, metrics: httpMetrics, headers: headers, clock: clock, logger: logger)
        let allServices = services + Self.missing(clock, in: services)
        let ready: @Sendable () async throws -> Void = {
            try await (clock as? OffsetClock)?.prepare()
            try await prepare()
        }
        var application = Application(
            router: router, server: connectionLimits.server(hotRoutes), configuration: configuration, services: allServices,
            onServerRunning: { state.listens(on: $0.localAddress?.port) }, logger: logger
        )
        application.beforeServerStarts {
            try await ready()
            state.enter(.serving)
        }
        return Daemon(
            application: application, workers: workers.map(\.worker), routes: routes.entries.map(\.route), document: document,
            loops: workers,
            services: allServices, state: state, prepare: ready, drain: try drain(), inFlight: inFlight
        )
    }

    private var configuration: ApplicationConfiguration {
        ApplicationConfiguration(address: .hostname(host, port: port), backlog: ConnectionLimits.backlog)
    }

    private func middleware(
        _ authenticator: any Authenticator, _ httpMetrics: HTTPMetrics, _ headers: SecureHeadersMiddleware, _ problemPage: ProblemPage?
    ) throws -> [any MiddlewareProtocol<Request, Response, CallContext>] {
        let proxies = try TrustedProxies(settings)
        return [
            TraceMiddleware(), ClientAddressMiddleware(proxies: proxies, authenticator: authenticator),
            ObservationMiddleware(metrics: httpMetrics), headers, CORSMiddleware(policy: try CORSPolicy(settings)),
            ErrorMiddleware(page: problemPage), PlainHTTPMiddleware(settings, of: peer, behind: proxies),
        ]
    }

    private static func missing(_ clock: any Clock, in services: [any Service]) -> [any Service] {
        guard let clock = clock as? OffsetClock, !services.contains(where: { $0 as? OffsetClock === clock }) else { return [] }
        return [clock]
    }

    /// On loopback nobody balances, so the port closes at once unless DRAIN_SECONDS says otherwise.
    private func drain() throws -> Duration {
        let usual = isLoopback ? 0 : Int(StopLimits.drain.components.seconds)
        return .seconds(try settings.integer("DRAIN_SECONDS", default: usual, 0...Int(StopLimits.drain.components.seconds)))
    }
}
