import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import PrometheusMetrics

/// The routes every daemon has.
struct KitRoutes {
    let boot: Bootstrap
    /// Read when the daemon is built: a file that goes away later must not open what it kept shut.
    let metricsToken: Secret?
    let board: HealthBoard
    let state: DaemonState
    let clock: any Clock

    func add(to routes: Routes) {
        routes.get("/health", .open, use: health)
        routes.get("/livez", .open, use: alive)
        routes.get("/readyz", .open, use: ready)
        routes.get("/health/ready", .open, use: ready)
        routes.get("/metrics", .open, use: metrics)
        if !routes.entries.contains(where: { $0.route.path == "/" && $0.route.method == .get }) { routes.get("/", .open, use: root) }
    }

    @Sendable private func health(_ request: Request, _ context: CallContext) async -> JSONResponse<HealthReport> {
        let report = HealthReport(await board.results(), service: boot.peer.rawValue, now: clock.now)
        return JSONResponse(report, status: report.isFailing ? .serviceUnavailable : .ok)
    }

    /// Whether the process answers at all; what a supervisor watches, so it depends on nothing.
    @Sendable private func alive(_ request: Request, _ context: CallContext) async -> JSONResponse<HealthReport> {
        JSONResponse(HealthReport([:], service: boot.peer.rawValue, now: clock.now))
    }

    /// Whether a balancer should send requests here.
    @Sendable private func ready(_ request: Request, _ context: CallContext) async -> JSONResponse<HealthReport> {
        let results: [String: HealthStatus] =
            switch state.phase {
            case .starting: ["lifecycle": .fail("starting")]
            case .draining: ["lifecycle": .fail("draining")]
            case .serving: await board.results(readinessOnly: true)
            }
        let report = HealthReport(results, service: boot.peer.rawValue, now: clock.now)
        return JSONResponse(report, status: report.isFailing ? .serviceUnavailable : .ok)
    }

    @Sendable private func metrics(_ request: Request, _ context: CallContext) async throws -> Response {
        guard mayScrape(request) else { throw Problem.unauthorized }
        let format = ExpositionFormat.negotiate(accept: request.headers[.accept])
        let text = await boot.metrics.exposition(format)
        return Response(
            status: .ok, headers: [.contentType: format.contentType], body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// With METRICS_TOKEN set, only its bearer; without it, only on loopback.
    private func mayScrape(_ request: Request) -> Bool {
        guard let metricsToken else { return boot.isLoopback }
        guard case .bearer(let given)? = AccessGate.credential(in: request.headers) else { return false }
        return Secret(given) == metricsToken
    }

    @Sendable private func root(_ request: Request, _ context: CallContext) async -> JSONResponse<RootDocument> {
        JSONResponse(RootDocument(service: boot.peer.rawValue))
    }
}

private struct RootDocument: Encodable, Sendable {
    let service: String
    let version = ServiceVersion.current
    let links = ["health": "/health", "ready": "/readyz", "metrics": "/metrics", "docs": "/docs", "openapi": "/openapi.json"]
}
