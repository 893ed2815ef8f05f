import HTTPTypes
import Hummingbird
import Logging

/// The one place where errors become answers. One that nobody foresaw is a 500 without details, logged once with the request id.
struct ErrorMiddleware: RouterMiddleware {
    /// Asked first, where a daemon shows pages.
    var page: ProblemPage?

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let isUnmatched = (error as? HTTPError)?.status == .notFound
            let problem =
                isUnmatched
                ? Self.unmatched(request) : Self.problem(for: error, route: context.endpointPath ?? "unmatched", logger: context.logger)
            return page?(problem, request) ?? problem.response(requestID: context.requestID)
        }
    }

    static func problem(for error: any Error, route: String, logger: Logger) -> Problem {
        // A fault of ours that an error type knows how to word (PostgresError's) is logged like one that nobody foresaw.
        let known = Problem(error)
        if let known, known.status != .internalServerError { return known }
        logger.error(
            "request failed",
            metadata: [
                "error.type": "\(type(of: error))", "error.message": "\(error)", "http.route": "\(route)",
            ]
        )
        return known ?? .internalError
    }

    private static func unmatched(_ request: Request) -> Problem {
        guard HTTPRequest.Method.known.contains(request.method) else {
            return Problem(status: .notImplemented, code: "not_implemented", detail: "This method is unknown here.")
        }
        return Problem(status: .notFound, code: "not_found", detail: "There is nothing at this path.")
    }
}
