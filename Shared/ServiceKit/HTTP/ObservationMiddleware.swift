import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Counts and times every call and writes the access log: non-2xx at info, 2xx at debug since ingest is hot. Never a query.
struct ObservationMiddleware: RouterMiddleware {
    let metrics: HTTPMetrics

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        metrics.began()
        defer { metrics.ended() }
        let response = try await next(request, context)
        let time = ContinuousClock.now - start
        metrics.answered(route: Self.route(context), method: request.method, status: response.status.code, in: time)
        log(request, response, context, time)
        return response
    }

    /// The template, never the path: paths are chosen by callers.
    private static func route(_ context: CallContext) -> String {
        guard let path = context.endpointPath, path != "NotFound" else { return "unmatched" }
        return path
    }

    /// Paths carry keys (`/integrations/grafana/<key>`), also mistyped ones, so the log has the template, or the first segment of an unknown one.
    private static func place(_ request: Request, _ context: CallContext) -> String {
        let route = route(context)
        guard route == "unmatched" else { return route }
        let segments = request.uri.path.split(separator: "/", maxSplits: 1)
        return "/" + (segments.first ?? "") + (segments.count > 1 ? "/…" : "")
    }

    private func log(_ request: Request, _ response: Response, _ context: CallContext, _ time: Duration) {
        Self.log(
            request.method, Self.place(request, context), response.status, in: time, from: context.remoteAddress, to: context.logger)
    }

    private static func level(_ status: HTTPResponse.Status) -> Logger.Level { status.kind == .successful ? .debug : .info }

    /// Whether an answer appears in the log at all, for callers to whom its fields are dear.
    static func isLogged(_ status: HTTPResponse.Status, by logger: Logger) -> Bool { logger.logLevel <= level(status) }

    static func log(
        _ method: HTTPRequest.Method, _ place: @autoclosure () -> String, _ status: HTTPResponse.Status, in time: Duration,
        from address: String?, to logger: Logger
    ) {
        guard isLogged(status, by: logger) else { return }
        logger.log(
            level: level(status), "request answered",
            metadata: [
                "http.request.method": "\(method.rawValue)", "http.route": "\(place())",
                "http.response.status_code": .stringConvertible(status.code),
                "event.duration": .stringConvertible(Int64(time.inSeconds * 1e9)), "client.address": "\(address ?? "-")",
            ]
        )
    }
}
